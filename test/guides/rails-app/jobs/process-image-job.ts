import { note } from "../application.ts";
import { ApplicationJob } from "./application-job.ts";

interface Image {
  readonly key: string;
  readonly bytes: number;
}

export class ProcessImageJob extends ApplicationJob {
  static {
    this.queueAs((image) => (image.bytes > 10_000_000 ? "slow" : "default"));
    this.aroundPerform(async (job, next, command) => {
      command.file = `/tmp/${(job.arguments[0] as Image).key}`;
      try {
        await next();
      } finally {
        note(`removed ${command.file}`);
      }
    });
  }

  private file = "";

  perform(image: Image) {
    note(`put ${image.key}-thumb from ${this.file}`);
  }
}
