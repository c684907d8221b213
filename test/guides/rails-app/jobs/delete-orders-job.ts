import { Job } from "mandate";
import { note } from "../application.ts";

/** `DeleteOrdersJob.set({ prereqJobs: [archived], prereqFailure: "bury" })`: whoever archives says so, and not the job. */
export class DeleteOrdersJob extends Job {
  perform(year: number) {
    note(`deleted orders of ${year}`);
  }
}
