import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { Command } from "mandate";
import { Database } from "../../database/database.ts";
import { type User, users } from "../../database/schema.ts";
import { Mailer, SmtpBusyError } from "../../application/mailer.ts";

/** Greets a learner, with a link to log in by. */
export class SendWelcomeEmail extends Command.initializeWith((user: User) => ({ user })) {
  static {
    this.queueAs("mailers");
    this.retryOn(SmtpBusyError, { wait: "1 second", attempts: 5 });
    this.memoize("loginToken", "loginUrl");
  }

  private readonly database = this.inject(Database);
  private readonly mailer = this.inject(Mailer);

  async call(): Promise<void> {
    await this.database
      .update(users)
      .set({ loginToken: this.loginToken })
      .where(eq(users.id, this.user.id));
    await this.mailer.deliver({
      to: this.user.email,
      subject: `Welcome, ${this.user.name}`,
      text: `Log in at ${this.loginUrl}`,
      html: `<a href="${this.loginUrl}">Log in</a>`,
    });
  }

  private get loginUrl(): string {
    return `https://academy.example/login/${this.loginToken}`;
  }

  /** Memoized: the row and both parts of the mail get the same one. */
  private get loginToken(): string {
    return randomBytes(12).toString("hex");
  }
}
