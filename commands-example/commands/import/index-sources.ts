import { setTimeout } from "node:timers/promises";
import { Command, type Step } from "mandate";
import { repository } from "../../application/source-tree.ts";

/** How far an index is: the last file that is in it, and what it has counted. */
export interface Index {
  readonly path: string;
  readonly files: number;
  readonly lines: number;
}

/** What an index came to, and how many of its files this run found done. */
export interface IndexResult extends Index {
  readonly doneBefore: number;
}

/**
 * Goes through the files of a folder, one by one. A worker that is killed meanwhile is taken over
 * from behind its checkpoint.
 */
export class IndexSources extends Command.initializeWith((folder: string) => ({ folder })) {
  static {
    this.queueAs("imports");
    this.keepResult("1 hour");
  }

  async call(): Promise<IndexResult> {
    const total = await this.step("count", async () => {
      return (await repository.files(this.folder)).length;
    });
    return this.step("index", async (step: Step<Index>) => {
      const { files: doneBefore } = step.cursor ?? { files: 0 };
      let index = step.cursor ?? { path: "", files: 0, lines: 0 };
      for (const { path, code } of await repository.files(this.folder, { after: index.path })) {
        const lines = index.lines + code.split("\n").length;
        index = { path, files: index.files + 1, lines };
        await setTimeout(100);
        await step.advance(index);
        this.progress(index.files, total);
      }
      return { ...index, doneBefore };
    });
  }
}
