import { and, count, gt, lte, sum } from "drizzle-orm";
import { Command } from "mandate";
import { Mailer, SmtpBusyError } from "../../application/mailer.ts";
import { Database } from "../../database/database.ts";
import { solutions } from "../../database/schema.ts";

const DAY = 86_400_000;

/** Tells the editors each night what was published within a day. */
export class SendNightlyReport extends Command {
  static readonly editors = "editors@academy.example";

  static {
    this.queueAs("mailers");
    this.retryOn(SmtpBusyError, { wait: "1 second", attempts: 5 });
    this.recurring("every day at 5am Europe/Amsterdam", {
      key: "nightly-report",
      description: "What was published within a day, for the editors",
      // Nobody worked at five: a report by noon is better than none.
      catchUpWithin: "7 hours",
    });
  }

  private readonly database = this.inject(Database);
  private readonly mailer = this.inject(Mailer);

  async call(): Promise<void> {
    // When it was due, and not when it runs: one that comes late is about the same day.
    const until = this.job?.recurring?.scheduledAt ?? new Date();
    const day = until.toISOString().slice(0, 10);
    const text = await this.summary(until);
    await this.mailer.deliver({
      messageId: `<nightly-report-${until.getTime()}@academy.example>`,
      to: SendNightlyReport.editors,
      subject: `Published until ${day}`,
      text,
      html: `<p>${text}</p>`,
    });
  }

  private async summary(until: Date): Promise<string> {
    const [report] = await this.database
      .select({ solutions: count(), linesOfCode: sum(solutions.linesOfCode).mapWith(Number) })
      .from(solutions)
      .where(
        and(
          gt(solutions.publishedAt, new Date(until.getTime() - DAY)),
          lte(solutions.publishedAt, until),
        ),
      );
    return `${report?.solutions ?? 0} solutions, ${report?.linesOfCode ?? 0} lines of code`;
  }
}
