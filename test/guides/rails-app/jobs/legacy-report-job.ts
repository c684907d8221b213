import { Job } from "mandate";

/** Runs in another application. */
export class LegacyReportJob extends Job {
  static override readonly jobName = "Legacy::ReportJob";
  static {
    this.queueAs("legacy");
  }

  perform(_year: number): void {
    throw new Error("runs in another application");
  }
}
