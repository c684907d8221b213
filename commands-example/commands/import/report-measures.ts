import { Command } from "mandate";
import type { MeasureFile } from "./measure-file.ts";

/** What a folder's files come to. */
export interface Measures {
  readonly files: number;
  readonly lines: number;
}

/** Adds up what was measured: it is deferred behind the files' jobs, and has their results. */
export class ReportMeasures extends Command {
  static {
    this.queueAs("low");
    this.keepResult("1 hour");
  }

  async call(): Promise<Measures> {
    const lines = await this.prereqResults<(typeof MeasureFile)[]>();
    return { files: lines.length, lines: lines.reduce((sum, each) => sum + each, 0) };
  }
}
