import assert from "node:assert/strict";
import { styleText } from "node:util";
import { eq, sql } from "drizzle-orm";
import { repository } from "../application/source-tree.ts";
import { SumReport } from "../commands/report/sum.ts";
import type { Database } from "../database/database.ts";
import { exercises, iterations, solutions, users } from "../database/schema.ts";
import type { Services } from "../services/services.ts";
import { learners, unsolvedFolder } from "./learners.ts";

/** Something that must have happened, looked for where it would be seen. */
type Check = (database: Database, services: Services) => Promise<void>;

const checks: Readonly<Record<string, Check>> = {
  async "All learners have signed up"(database) {
    const found = await database.select({ name: users.name }).from(users).orderBy(users.id);
    assert.deepEqual(
      found,
      learners.map(({ name }) => ({ name })),
    );
  },

  async "Each got one welcome mail, at the second try, with their own link in both its parts"(
    database,
    { mailServer },
  ) {
    for (const { email, loginToken } of await database.select().from(users)) {
      assert.ok(mailServer.greylisted.includes(email), email);
      const [mail, ...others] = mailServer.mailTo(email);
      assert.equal(others.length, 0);
      assert.equal(mail?.source.split(`/login/${loginToken}`).length, 3);
    }
  },

  async "Each profile is there, though its service answered 503 and 429 at first"(
    database,
    { profileService },
  ) {
    assert.deepEqual(profileService.answers.slice(0, 2), [503, 429]);
    for (const { bio, email } of await database.select().from(users)) {
      assert.ok(bio, `${email} has none`);
    }
  },

  async "All files of each folder are submitted, page after page"(database) {
    for (const { folder } of learners) {
      const submitted = await database
        .select({ path: iterations.path, code: iterations.code })
        .from(iterations)
        .innerJoin(exercises, eq(exercises.id, iterations.exerciseId))
        .where(eq(exercises.folder, folder))
        .orderBy(sql`${iterations.path} collate "C"`);
      assert.deepEqual(submitted, await repository.files(folder));
    }
  },

  async "Each file is published, and was counted and cut to a snippet before"(database) {
    const rows = await database
      .select()
      .from(iterations)
      .leftJoin(solutions, eq(solutions.iterationId, iterations.id));
    for (const { iterations: iteration, solutions: solution } of rows) {
      const { path, code, countedAt, snippetAt } = iteration;
      assert.ok(solution && countedAt && snippetAt, path);
      assert.ok(solution.publishedAt >= countedAt && solution.publishedAt >= snippetAt, path);
      assert.ok(solution.linesOfCode > 0 && code.includes(solution.snippet), path);
    }
  },

  async "Each exercise knows how many solutions it has"(database) {
    for (const { folder, solutionCount } of await database.select().from(exercises)) {
      const files = folder === unsolvedFolder ? [] : await repository.files(folder);
      assert.equal(solutionCount, files.length, folder);
    }
  },

  async "The report of a solved exercise succeeds, that of one nobody solved fails"(database) {
    for (const exercise of await database.select().from(exercises)) {
      const { succeeded, errors } = await SumReport.call(exercise);
      const isUnsolved = exercise.folder === unsolvedFolder;
      assert.deepEqual(errors, isUnsolved ? [`nobody has solved ${unsolvedFolder} yet`] : []);
      assert.equal(succeeded, !isUnsolved);
    }
  },
};

/** Prints a line for each check. */
export async function allChecksPass(database: Database, services: Services): Promise<boolean> {
  let passed = true;
  console.log();
  for (const [text, check] of Object.entries(checks)) {
    try {
      await check(database, services);
      console.log(styleText("green", `✓ ${text}`));
    } catch (error) {
      passed = false;
      console.log(styleText("red", `✗ ${text}\n${String(error).replace(/^/gm, "  ")}`));
    }
  }
  return passed;
}
