import { deliver, SmtpBusyError, type User } from "../application.ts";
import { ApplicationJob } from "./application-job.ts";

export class SendWelcomeEmailJob extends ApplicationJob {
  static {
    this.queueAs("mailers");
    this.retryOn(SmtpBusyError, { wait: "polynomially", attempts: 10 });
  }

  async perform(user: User) {
    await deliver("welcome", user.name);
  }
}
