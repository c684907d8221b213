import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { repository } from "../application/source-tree.ts";
import { SendNightlyReport } from "../commands/report/send-nightly.ts";
import { SumReport } from "../commands/report/sum.ts";
import type { Database } from "../database/database.ts";
import {
  type Exercise,
  exercises,
  iterations,
  solutions,
  type User,
  users,
} from "../database/schema.ts";
import type { Services } from "../services/services.ts";
import { importedFolder } from "./import-sources.ts";
import { learners, unsolvedFolder } from "./learners.ts";
import { printChecks, type Checks } from "./print-checks.ts";

/** The database, and the services that remember what was asked of them. */
export interface Witnesses extends Pick<Services, "mailServer" | "profileService"> {
  readonly database: Database;
}

/** What must have happened, looked for where it can be seen. */
const checks: Checks<Witnesses> = {
  async "Every learner got one welcome mail, at the second try, with their link in both its parts"({
    database,
    mailServer,
  }) {
    for (const { email } of learners) {
      const { loginToken } = await findUser(database, email);
      const mails = mailServer.mailTo(email);
      assert.ok(mailServer.greylisted.includes(email), `${email} was not greylisted`);
      assert.equal(mails.length, 1, `${email} got ${mails.length} mails`);
      const tokens = mails[0]?.source.match(/(?<=\/login\/)\w+/g) ?? [];
      assert.deepEqual([...tokens], [loginToken, loginToken]);
    }
  },

  async "Every learner has a profile, though its service answered 503 and 429 at first"({
    database,
    profileService,
  }) {
    assert.deepEqual(profileService.answers.slice(0, 2), [503, 429]);
    for (const { email } of learners) {
      const { bio } = await findUser(database, email);
      assert.ok(bio, `${email} has none`);
    }
  },

  async "Every file of their folders was submitted, page after page"({ database }) {
    for (const { folder } of learners) {
      const { id } = await findExercise(database, folder);
      const submitted = await database
        .select({ path: iterations.path, code: iterations.code })
        .from(iterations)
        .where(eq(iterations.exerciseId, id));
      assert.deepEqual(new Set(submitted), new Set(await repository.files(folder)));
    }
  },

  async "Every file is published, and was counted and cut to a snippet before that"({ database }) {
    const rows = await database
      .select()
      .from(iterations)
      .leftJoin(solutions, eq(solutions.iterationId, iterations.id));
    assert.ok(rows.length > 0, "there are no files");
    for (const { iterations: iteration, solutions: solution } of rows) {
      const { path, code, countedAt, snippetAt } = iteration;
      assert.ok(solution, `${path} is not published`);
      assert.ok(solution.linesOfCode > 0 && code.includes(solution.snippet), path);
      assert.ok(countedAt && countedAt <= solution.publishedAt, `${path} was counted late`);
      assert.ok(snippetAt && snippetAt <= solution.publishedAt, `${path} was cut late`);
    }
  },

  async "Every exercise knows how many solutions it has"({ database }) {
    for (const { folder } of learners) {
      const { solutionCount } = await findExercise(database, folder);
      assert.equal(solutionCount, (await repository.files(folder)).length, folder);
    }
  },

  async "The report of a solved exercise succeeds, that of one nobody solved fails"({ database }) {
    for (const { folder } of learners) {
      const report = await SumReport.call(await findExercise(database, folder));
      assert.ok(report.succeeded, `that of ${folder} failed`);
    }
    const { errors } = await SumReport.call(await findExercise(database, unsolvedFolder));
    assert.deepEqual(errors, [`nobody has solved ${unsolvedFolder} yet`]);
  },

  async "The nightly report was sent, with what was published"({ database, mailServer }) {
    const published = await database.$count(solutions);
    const mails = mailServer.mailTo(SendNightlyReport.editors);
    assert.ok(published > 0, "nothing was published");
    assert.ok(
      mails.some(({ source }) => source.includes(`${published} solutions`)),
      `none of ${mails.length} mails tells of ${published} solutions`,
    );
  },

  async "The editors were told that the repository's files were imported"({ mailServer }) {
    const mails = mailServer.mailTo(SendNightlyReport.editors);
    const told = mails.filter(({ source }) => source.includes(`Imported ${importedFolder}`));
    assert.equal(told.length, 1, `${told.length} mails tell of it`);
  },
};

export function allChecksPass(witnesses: Witnesses): Promise<boolean> {
  return printChecks(checks, witnesses);
}

export async function findUser(database: Database, email: string): Promise<User> {
  const [user] = await database.select().from(users).where(eq(users.email, email));
  return user ?? assert.fail(`${email} has not signed up`);
}

async function findExercise(database: Database, folder: string): Promise<Exercise> {
  const [exercise] = await database.select().from(exercises).where(eq(exercises.folder, folder));
  return exercise ?? assert.fail(`there is no exercise ${folder}`);
}
