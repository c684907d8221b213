import { failIf, note, orders, StorageFullError } from "../application.ts";
import { ApplicationJob } from "./application-job.ts";

export class GenerateExportJob extends ApplicationJob {
  static {
    this.queueAs("exports");
    this.queueWithPriority(50);
    this.keepResult("1 day"); // instead of a row of its own
    this.rescueFrom(StorageFullError, (error) => note(`support: export: ${error.message}`));
  }

  perform(year: number) {
    const found = orders.filter((order) => order.year === year);
    for (const index of found.keys()) this.progress(index + 1, found.length);
    failIf("storage");
    return { path: `exports/${year}.csv`, rows: found.length };
  }
}
