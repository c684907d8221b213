import { Job } from "mandate";
import { note } from "../application.ts";

export class WarmCacheJob extends Job {
  static {
    this.expiresIn("1 hour");
  }

  perform(page: string) {
    note(`warmed ${page}`);
  }
}
