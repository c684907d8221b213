import { Job } from "mandate";
import { note } from "../application.ts";

/** cron: 0 4 * * * mandate enqueue CleanupUploadsJob '[]' */
export class CleanupUploadsJob extends Job {
  static {
    this.queueAs("low");
    this.retry(false);
  }

  perform() {
    this.logger.info({ count: 3 }, "removed uploads");
    note("removed uploads");
  }
}
