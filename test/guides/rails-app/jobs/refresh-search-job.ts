import { createHash } from "node:crypto";
import { Job } from "mandate";
import { note } from "../application.ts";

const jidFor = (...key: unknown[]) =>
  createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 24);

export class RefreshSearchJob extends Job {
  static performOnce(index: string) {
    return this.set({ jid: jidFor("RefreshSearchJob", index) }).performAsync(index);
  }

  perform(index: string) {
    note(`refreshed ${index}`);
  }
}
