import { Command } from "mandate";
import { repository } from "../../application/source-tree.ts";

/** Counts the lines of a file of the repository. Its result is kept for whoever waits for it. */
export class MeasureFile extends Command.initializeWith((path: string) => ({ path })) {
  static {
    this.queueAs("low");
    this.keepResult("1 hour");
  }

  async call(): Promise<number> {
    const { code } = await repository.file(this.path);
    return code.split("\n").length;
  }
}
