import { Command, deferAfter, type JobHandle } from "mandate";
import { Database, written } from "../../database/database.ts";
import { type Exercise, iterations, type User } from "../../database/schema.ts";
import type { SourceFile } from "../../application/source-tree.ts";
import { CountLinesOfCode } from "../iteration/count-lines-of-code.ts";
import { GenerateSnippet } from "../iteration/generate-snippet.ts";
import { PublishSolution } from "../solution/publish.ts";

/** Takes in a file, and has it published once two jobs have looked at it. Returns the last job. */
export class CreateSubmission extends Command.initializeWith(
  (user: User, exercise: Exercise, file: SourceFile) => ({ user, exercise, file }),
) {
  private readonly database = this.inject(Database);

  /** No job starts before the row is committed, nor at all if it is not. */
  async call(): Promise<JobHandle> {
    return deferAfter(() =>
      this.database.transaction(async (transaction) => {
        const { path, code } = this.file;
        const iteration = written(
          await transaction
            .insert(iterations)
            .values({ userId: this.user.id, exerciseId: this.exercise.id, path, code })
            // A job may run twice, so a file may come twice: that makes no second row.
            .onConflictDoUpdate({ target: [iterations.userId, iterations.path], set: { code } })
            .returning(),
        );
        const count = await CountLinesOfCode.defer(iteration);
        const snippet = await GenerateSnippet.defer(iteration);
        return PublishSolution.defer(iteration, { prereqJobs: [count, snippet] });
      }),
    );
  }
}
