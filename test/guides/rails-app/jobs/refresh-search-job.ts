import { Job } from "mandate";
import { note } from "../application.ts";

export class RefreshSearchJob extends Job {
  static {
    this.unique({ ttl: "10 minutes" });
  }

  perform(index: string) {
    note(`refreshed ${index}`);
  }
}
