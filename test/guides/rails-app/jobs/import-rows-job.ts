import { Job } from "mandate";
import { failIf, note } from "../application.ts";

export class ImportRowsJob extends Job {
  static {
    this.queueAs("imports");
    this.retry(3);
    this.jobOptions({ backtrace: 10 });
  }

  perform(file: string, rows: readonly { id: number }[]) {
    failIf("rows");
    note(`${file}: ${rows.map(({ id }) => id).join(", ")}`);
  }
}
