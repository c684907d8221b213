import { abort, deferAfter } from "mandate";
import { note, type User } from "../application.ts";
import { ApplicationJob } from "./application-job.ts";
import { AuditJob } from "./audit-job.ts";

export class CloseAccountJob extends ApplicationJob {
  static {
    this.beforeEnqueue((job) => {
      if ((job.arguments[0] as User).isClosed) throw abort;
    });
  }

  async perform(user: User) {
    await deferAfter(async () => {
      user.isClosed = true;
      await AuditJob.performLater(`closed account of ${user.name}`);
      note("committed");
    });
  }
}
