import { Command, type JobHandle } from "mandate";
import type { Exercise, User } from "../../database/schema.ts";
import { SourceTree } from "../../application/source-tree.ts";
import { CreateSubmission } from "../submission/create.ts";
import { RefreshStatistics } from "./refresh-statistics.ts";

/** How many files one run takes in. */
const PAGE_SIZE = 4;

/**
 * Takes in a learner's files of one exercise page by page: each run defers the next, until none is
 * left.
 */
export class ProcessBatch extends Command.initializeWith(
  (user: User, exercise: Exercise, after = "") => ({ user, exercise, after }),
) {
  private readonly sources = this.inject(SourceTree);

  async call(): Promise<void> {
    const { user, exercise, after } = this;
    const page = await this.sources.files(exercise.folder, { after, limit: PAGE_SIZE });
    const published: JobHandle[] = [];
    for (const file of page) {
      published.push(await CreateSubmission.call(user, exercise, file));
    }
    await RefreshStatistics.set({ prereqJobs: published }).performLater(exercise);

    const last = page[PAGE_SIZE - 1];
    if (last !== undefined) {
      await ProcessBatch.defer(user, exercise, last.path);
    }
  }
}
