import { Job } from "mandate";
import { note } from "../application.ts";

export class RollupAccountJob extends Job {
  static {
    this.queueAs("low");
    this.jobOptions({ retryFor: "6 hours" });
  }

  perform(accountId: number, day: string) {
    note(`rolled up ${accountId} on ${day}`);
  }
}
