import { limiter } from "mandate";
import { createTransport } from "nodemailer";

export interface Mail {
  /** The same for the same mail: one that is sent twice arrives once where mailboxes look at it. */
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The mail server said "not now" (4xx): the same mail may be taken later. */
export class SmtpBusyError extends Error {
  override readonly name = "SmtpBusyError";
}

/** Delivers mail to an SMTP server, which takes so many at once from all processes together. */
export class Mailer {
  readonly #server = limiter.concurrent("smtp", { to: 5, wait: "10 seconds" });
  readonly #transport;

  constructor(url: string) {
    this.#transport = createTransport(url, { from: "Academy <hello@academy.example>" });
  }

  async deliver(mail: Mail): Promise<void> {
    try {
      await this.#server.within(() => this.#transport.sendMail({ ...mail }));
    } catch (error) {
      throw isTemporary(error)
        ? new SmtpBusyError("the mail server asks to come again", { cause: error })
        : error;
    }
  }
}

function isTemporary(error: unknown): boolean {
  const code = error instanceof Error && "responseCode" in error ? Number(error.responseCode) : 0;
  return code >= 400 && code < 500;
}
