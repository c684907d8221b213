import { failIf, note, type User } from "../application.ts";
import { ApplicationJob } from "./application-job.ts";

export class RecalculateTotalsJob extends ApplicationJob {
  static {
    this.queueAs("low");
    this.queueWithPriority((user) => (user.isVip ? 0 : 10));
  }

  perform(user: User) {
    failIf("totals");
    note(`totals of ${user.name}`);
  }
}
