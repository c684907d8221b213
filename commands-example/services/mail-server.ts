import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";

/** A mail as it arrived: all its parts, headers included. */
export interface ReceivedMail {
  readonly to: string;
  /** What tells it from all others: one that comes twice has the same. */
  readonly id: string;
  readonly source: string;
}

/**
 * An SMTP server with one mailbox for everybody.
 *
 * It greylists, as real ones do against spam: whoever is written to for the first time is refused
 * with 451, and a sender who means it comes again. And as real ones may, it keeps a mail once, by
 * its Message-ID.
 */
export class MailServer {
  readonly mailbox: ReceivedMail[] = [];
  readonly greylisted: string[] = [];
  /** Those that had come before. */
  readonly duplicates: ReceivedMail[] = [];
  /** What happens between a mail's arrival and the answer to its sender. */
  beforeAnswer = async (_mail: ReceivedMail): Promise<void> => {};
  readonly #server: SMTPServer;

  private constructor() {
    this.#server = new SMTPServer({
      disabledCommands: ["AUTH", "STARTTLS"],
      onRcptTo: ({ address }, _session, answer) => {
        if (this.greylisted.includes(address)) {
          answer();
        } else {
          this.greylisted.push(address);
          answer(Object.assign(new Error("Greylisted, come again"), { responseCode: 451 }));
        }
      },
      onData: (stream, { envelope }, answer) => {
        const received = text(stream).then(async (source) => {
          const [id = ""] = source.match(/(?<=^Message-ID: ).*(?=\r$)/im) ?? [];
          for (const { address: to } of envelope.rcptTo) await this.#receive({ to, id, source });
        });
        received.then(() => answer(), answer);
      },
    });
  }

  static async start(): Promise<MailServer> {
    const started = new MailServer();
    await once(started.#server.listen(0, "127.0.0.1"), "listening");
    return started;
  }

  get url(): string {
    const { port } = this.#server.server.address() as AddressInfo;
    return `smtp://127.0.0.1:${port}`;
  }

  mailTo(address: string): readonly ReceivedMail[] {
    return this.mailbox.filter((mail) => mail.to === address);
  }

  async #receive(mail: ReceivedMail): Promise<void> {
    const isKnown = this.mailTo(mail.to).some(({ id }) => id === mail.id);
    (isKnown ? this.duplicates : this.mailbox).push(mail);
    await this.beforeAnswer(mail);
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(resolve));
  }
}
