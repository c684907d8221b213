import { Command } from "mandate";
import { Mailer, SmtpBusyError } from "../../application/mailer.ts";
import { SendNightlyReport } from "../report/send-nightly.ts";

/** Tells the editors that a folder was imported: the callback of its batch. */
export class AnnounceImport extends Command.initializeWith((folder: string) => ({ folder })) {
  static {
    this.queueAs("mailers");
    this.retryOn(SmtpBusyError, { wait: "1 second", attempts: 5 });
  }

  private readonly mailer = this.inject(Mailer);

  async call(): Promise<void> {
    const status = await this.batch?.status();
    const text = `${status?.done} of ${status?.total} jobs are done`;
    await this.mailer.deliver({
      messageId: `<import-${this.batch?.id}@academy.example>`,
      to: SendNightlyReport.editors,
      subject: `Imported ${this.folder}`,
      text,
      html: `<p>${text}</p>`,
    });
  }
}
