import type { Entry } from "../../adapter.ts";
import { AdapterError } from "../../adapter-error.ts";
import { DeliveryNumbers, type DeliveryNumber } from "../../delivery-numbers.ts";
import { textArray, type PostgresContext } from "../postgres-context.ts";

/** Jids that are kept in mind at most. */
const MOST = 100_000;

/** Jobs that are enqueued by one statement. */
interface Sent {
  /** Where Postgres notes that it was committed. */
  readonly place: readonly [set: string, number: number];
  readonly entries: readonly Entry[];
  isDoubtful: boolean;
}

/**
 * Numbers the statements that enqueue, so that Postgres can be asked about one of which the answer
 * was lost: once one of its jobs is sent again.
 */
export class Deliveries {
  readonly #context: PostgresContext;
  readonly #numbers = new DeliveryNumbers();
  readonly #underWay = new Set<Sent>();
  /** By jid, the oldest first. */
  readonly #doubtful = new Map<string, Sent>();

  constructor(context: PostgresContext) {
    this.#context = context;
  }

  /**
   * @param work Sends these jobs under that number, and rejects if they were not accepted, or may
   *   not have been.
   */
  async send<Answer>(
    entries: readonly Entry[],
    work: (number: DeliveryNumber) => Promise<Answer>,
  ): Promise<Answer> {
    const number = this.#numbers.next();
    const sent: Sent = { place: number.place, entries, isDoubtful: false };
    this.#underWay.add(sent);
    try {
      return await work(number.toArgs());
    } catch (error) {
      if (error instanceof AdapterError && error.maybeAccepted) {
        this.#doubt(sent);
      }
      throw error;
    } finally {
      this.#underWay.delete(sent);
      // What is noted of a doubtful one stays to be asked for, though it was answered in the end.
      number.end(!sent.isDoubtful);
    }
  }

  /** Nobody waits any longer for the answer to these. */
  doubt(entries: readonly Entry[]): void {
    const given = new Set(entries);
    for (const sent of this.#underWay) {
      if (sent.entries.some((entry) => given.has(entry))) this.#doubt(sent);
    }
  }

  areDoubtful(entries: readonly Entry[]): boolean {
    return this.#doubtful.size > 0 && entries.some(({ jid }) => this.#doubtful.has(jid));
  }

  /**
   * Has those remembered that were accepted. What was not will not be, should its statement still
   * be on its way.
   *
   * @throws {AdapterError} if Postgres does not answer.
   */
  async resolve(entries: readonly Entry[]): Promise<void> {
    for (const sent of new Set(entries.flatMap(({ jid }) => this.#doubtful.get(jid) ?? []))) {
      const jids = sent.entries.map(({ jid }) => jid);
      try {
        await this.#context.query(
          "enqueue jobs",
          "SELECT @.resolve_delivery_1($1::text, $2::bigint, $3::text::text[])",
          [...sent.place, textArray(jids)],
        );
      } catch (error) {
        // Of the first time nobody knows more than before.
        const { message, cause } = error as Error;
        throw new AdapterError(message, { cause, maybeAccepted: true });
      }
      jids
        .filter((jid) => this.#doubtful.get(jid) === sent)
        .forEach((jid) => this.#doubtful.delete(jid));
    }
  }

  #doubt(sent: Sent): void {
    sent.isDoubtful = true;
    sent.entries.forEach(({ jid }) => this.#doubtful.set(jid, sent));
    for (const jid of this.#doubtful.keys()) {
      if (this.#doubtful.size <= MOST) break;
      this.#doubtful.delete(jid);
    }
  }
}
