import { integer, pgTable, text, timestamp, unique } from "drizzle-orm/pg-core";

/** Somebody who learns here. */
export const users = pgTable("users", {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  name: text().notNull(),
  email: text().notNull().unique(),
  /** What the link in the welcome mail carries. */
  loginToken: text(),
  /** From the profile service. */
  bio: text(),
});

/** Something to solve: a folder full of source files to write. */
export const exercises = pgTable("exercises", {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  folder: text().notNull().unique(),
  solutionCount: integer().notNull().default(0),
});

/** A file that a learner submitted, and what was found out about it since. */
export const iterations = pgTable(
  "iterations",
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    userId: integer().notNull(),
    exerciseId: integer().notNull(),
    path: text().notNull(),
    code: text().notNull(),
    linesOfCode: integer(),
    /** The first time, as is the next: what looks at a file may do so twice. */
    countedAt: timestamp({ withTimezone: true }),
    snippet: text(),
    snippetAt: timestamp({ withTimezone: true }),
  },
  (table) => [unique().on(table.userId, table.path)],
);

/** An iteration that everybody can see. */
export const solutions = pgTable("solutions", {
  iterationId: integer().primaryKey(),
  exerciseId: integer().notNull(),
  linesOfCode: integer().notNull(),
  snippet: text().notNull(),
  publishedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
});

export type User = typeof users.$inferSelect;
export type Exercise = typeof exercises.$inferSelect;
export type Iteration = typeof iterations.$inferSelect;
