import { deferAll, Job } from "mandate";
import { products } from "../application.ts";
import { FinishImportJob } from "./finish-import-job.ts";
import { ImportRowsJob } from "./import-rows-job.ts";

export class ImportCsvJob extends Job {
  static {
    this.queueAs("imports");
  }

  async perform(file: string) {
    const slices = [products.slice(0, 2), products.slice(2, 4), products.slice(4)];
    const jobs = await deferAll(slices.map((rows) => ImportRowsJob.prepare(file, rows)));
    const prereqJobs = jobs.filter((job) => job !== undefined);
    await FinishImportJob.set({ prereqJobs, prereqFailure: "cancel" }).performAsync(file);
  }
}
