import { Current, note } from "../application.ts";
import { ApplicationJob } from "./application-job.ts";

export class AuditJob extends ApplicationJob {
  static {
    this.queueAs("low");
  }

  perform(text: string) {
    const { user, requestId } = Current.attributes;
    note(`${text}, by ${user?.name} in ${requestId}`);
  }
}
