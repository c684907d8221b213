import { randomBytes } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { Command } from "mandate";
import { Database, written } from "../../database/database.ts";
import { type User, users } from "../../database/schema.ts";
import { Mailer, SmtpBusyError } from "../../application/mailer.ts";

/** Greets a learner, with a link to log in by. */
export class SendWelcomeEmail extends Command.initializeWith((user: User) => ({ user })) {
  static {
    this.queueAs("mailers");
    // Signed up twice in a hurry, a learner is greeted once.
    this.unique();
    this.retryOn(SmtpBusyError, { wait: "1 second", attempts: 5 });
    this.memoize("loginUrl");
  }

  private readonly database = this.inject(Database);
  private readonly mailer = this.inject(Mailer);

  async call(): Promise<void> {
    await this.mailer.deliver({
      // A worker may die after the mail was sent, and another sends it again: as the same mail.
      messageId: `<welcome-${this.user.id}@academy.example>`,
      to: this.user.email,
      subject: `Welcome, ${this.user.name}`,
      text: `Log in at ${await this.loginUrl()}`,
      html: `<a href="${await this.loginUrl()}">Log in</a>`,
    });
  }

  /** Memoized: asked for twice, made once. */
  private async loginUrl(): Promise<string> {
    const token = randomBytes(12).toString("hex");
    const { loginToken } = written(
      await this.database
        .update(users)
        // A link that was sent before stays good.
        .set({ loginToken: sql`coalesce(${users.loginToken}, ${token})` })
        .where(eq(users.id, this.user.id))
        .returning(),
    );
    return `https://academy.example/login/${loginToken}`;
  }
}
