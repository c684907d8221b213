import { failIf, note, PushUnavailableError, TokenGoneError } from "../application.ts";
import { ApplicationJob } from "./application-job.ts";

export class PushNotificationJob extends ApplicationJob {
  static {
    this.queueAs("push");
    this.discardOn(TokenGoneError, (job) => note(`forgot ${String(job.arguments[0])}`));
    this.retryOn(PushUnavailableError, { wait: (executions) => executions * 10, attempts: 5 });
  }

  perform(token: string, text: string) {
    failIf(token);
    note(`${text} to ${token}`);
  }
}
