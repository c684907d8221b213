import { abort, Job } from "mandate";
import { note } from "../application.ts";

export class WarmCacheJob extends Job {
  static {
    this.beforePerform((job) => {
      const age = Date.now() / 1000 - (job.record.created_at ?? Infinity);
      if (age > 3_600) throw abort;
    });
  }

  perform(page: string) {
    note(`warmed ${page}`);
  }
}
