import { nextTurn } from "../../../support/turn.ts";
import type { Entry } from "../../adapter.ts";
import { AdapterError } from "../../adapter-error.ts";
import type { DeliveryNumber } from "../../delivery-numbers.ts";
import type { Conflict, DocumentWrite } from "../../documents.ts";
import { ALL_ACCEPTED, type EnqueueAnswer, type Refusal } from "../../enqueue-answer.ts";
import type { Value } from "../connection/database.ts";
import type { PostgresContext } from "../postgres-context.ts";
import { buryDoomed, type Doomed } from "./bury-doomed.ts";
import { failure, isAboutContent } from "../connection/postgres-errors.ts";
import { quoted } from "../schema/migrate.ts";
import { surroundingTransaction, type Within } from "../within/within.ts";
import { Deliveries } from "./deliveries.ts";
import { alikeLines, type AlikeLines, guardedLines, isPlain, plainLines } from "./entry-lines.ts";

/** Entries of one step. */
const SLICE = 1_000;
/** Where some hold keys. */
const HOLDING_SLICE = 500;
/** Calls under way; what comes meanwhile is gathered, and goes as one. */
const AT_ONCE = 2;

const ENQUEUE_ALIKE =
  "SELECT @.enqueue_alike_1($1::text, $2::text, $3::text, $4::text, $5::bigint, $6::text)";

interface Waiting {
  readonly entries: readonly Entry[];
  readonly resolve: (answer: EnqueueAnswer) => void;
  readonly reject: (error: unknown) => void;
}

interface GuardedAnswer {
  readonly refused?: readonly {
    readonly jid: string;
    readonly key: string;
    readonly holder?: string | null;
    readonly how: Refusal["how"];
  }[];
  readonly bury?: readonly Doomed[];
  readonly now?: number;
  readonly version?: number;
  readonly conflict?: { readonly version: number | null; readonly text: string | null };
}

/** Sends jobs to the store: what is deferred at the same time goes together. */
export class EnqueueLine {
  readonly #context: PostgresContext;
  readonly #deliveries: Deliveries;
  readonly #givenUp = new WeakSet<readonly Entry[]>();
  #waiting: Waiting[] = [];
  #underWay = 0;

  constructor(context: PostgresContext) {
    this.#context = context;
    this.#deliveries = new Deliveries(context);
  }

  /**
   * Gives up waiting for these.
   *
   * @returns whether they were sent, so that they may be accepted all the same.
   */
  giveUp(entries: readonly Entry[]): boolean {
    const count = this.#waiting.length;
    this.#givenUp.add(entries);
    this.#waiting = this.#waiting.filter((waiting) => waiting.entries !== entries);
    this.#deliveries.doubt(entries);
    return this.#waiting.length === count;
  }

  async enqueue(entries: readonly Entry[], given?: DocumentWrite): Promise<EnqueueAnswer> {
    if (this.#deliveries.areDoubtful(entries)) {
      await this.#deliveries.resolve(entries);
      if (this.#givenUp.has(entries)) {
        return ALL_ACCEPTED;
      }
    }
    const within = surroundingTransaction();
    if (within !== undefined && given === undefined) {
      return this.#within(within, entries);
    }
    const isAllPlain = given === undefined && entries.every(isPlain);
    if (isAllPlain && entries.length === 0) {
      return ALL_ACCEPTED;
    }
    if (isAllPlain && entries.length < SLICE) {
      return new Promise((resolve, reject) => {
        this.#waiting.push({ entries, resolve, reject });
        this.#next();
      });
    }
    return this.#inSlices(entries, isAllPlain, given);
  }

  /** As part of the application's transaction, one after the other: it has one connection. */
  async #within(within: Within, entries: readonly Entry[]): Promise<EnqueueAnswer> {
    if (!within.isOpen) {
      throw new AdapterError(
        "Cannot enqueue jobs: the function that was given to deferWithin has ended. Await in it whatever defers",
      );
    }
    const plain = entries.filter(isPlain);
    const guarded = entries.filter((entry) => !isPlain(entry));
    const { schema, bell } = this.#context;
    const channel = bell.isOn && !within.isTold ? bell.channel : null;
    within.isTold = true;
    const text = `SELECT ${quoted(schema)}.enqueue_within_1($1::text, $2::text, $3::text) AS sent`;
    try {
      await within.transaction.query(text, [
        plain.length === 0 ? null : plainLines(plain),
        guarded.length === 0 ? null : guardedLines(guarded),
        channel,
      ]);
    } catch (error) {
      throw failure("enqueue jobs within a transaction", error);
    }
    return ALL_ACCEPTED;
  }

  async #inSlices(
    entries: readonly Entry[],
    isAllPlain: boolean,
    given: DocumentWrite | undefined,
  ): Promise<EnqueueAnswer> {
    const size = entries.some(({ holds }) => holds !== undefined) ? HOLDING_SLICE : SLICE;
    const accepted: string[] = [];
    const refused: Refusal[] = [];
    let version: number | undefined;
    const sliceAt = (start: number): readonly Entry[] =>
      given ? entries : entries.slice(start, start + size);
    let lines = isAllPlain ? alikeLines(sliceAt(0)) : undefined;
    for (let start = 0; start < Math.max(1, entries.length); start += given ? Infinity : size) {
      if (this.#givenUp.has(entries)) break;
      const slice = sliceAt(start);
      try {
        const sent = isAllPlain ? this.#plain(slice, lines) : this.#guarded(slice, given);
        // While Postgres takes one, the next is made.
        const isLast = start + size >= entries.length;
        const making =
          isAllPlain && !isLast
            ? nextTurn().then(() => alikeLines(sliceAt(start + size)))
            : undefined;
        const answer = await sent;
        lines = await making;
        if (answer.conflict !== undefined) {
          return answer;
        }
        refused.push(...answer.refused);
        version = answer.version;
      } catch (error) {
        throw withAccepted(error, accepted);
      }
      slice.forEach(({ jid }) => accepted.push(jid));
    }
    const answer = refused.length === 0 ? ALL_ACCEPTED : { refused, conflict: undefined };
    return version === undefined ? answer : { ...answer, version };
  }

  #next(): void {
    while (this.#waiting.length > 0 && this.#underWay < AT_ONCE) {
      let count = 0;
      let size = 0;
      for (const { entries } of this.#waiting) {
        size += entries.length;
        if (size > SLICE && count > 0) break;
        count += 1;
      }
      this.#underWay += 1;
      void this.#send(this.#waiting.splice(0, count)).finally(() => {
        this.#underWay -= 1;
        this.#next();
      });
    }
  }

  async #send(calls: readonly Waiting[]): Promise<void> {
    try {
      const entries = calls.flatMap((call) => call.entries);
      const answer = await this.#plain(entries, alikeLines(entries));
      calls.forEach(({ resolve }) => resolve(answer));
    } catch (error) {
      const [only] = calls;
      if (calls.length === 1 || !isAboutContent((error as Error).cause)) {
        calls.forEach(({ reject }) => reject(error));
        return;
      }
      // One of them has what Postgres does not take, which is no concern of the others.
      for (const call of only === undefined ? [] : calls) {
        await this.#send([call]);
      }
    }
  }

  /** @param alike As `alikeLines` makes of them. */
  async #plain(entries: readonly Entry[], alike: AlikeLines | undefined): Promise<EnqueueAnswer> {
    const { query, bell } = this.#context;
    if (alike !== undefined) {
      const { queue, jids, payloads } = alike;
      await this.#deliveries.send(entries, (number) =>
        query("enqueue jobs", ENQUEUE_ALIKE, [queue, jids, payloads, ...numberValues(number)]),
      );
      bell.ring({ work: true });
      return ALL_ACCEPTED;
    }
    const text =
      "SELECT accepted, due FROM @.enqueue_1($1::text, true, $2::text, $3::bigint, $4::text)";
    const [row] = await this.#deliveries.send(entries, (number) =>
      query("enqueue jobs", text, [plainLines(entries), ...numberValues(number)]),
    );
    const due = row?.["due"];
    if (due != null) bell.ring({ due: Number(due) });
    if (entries.some(({ at, delay }) => at === undefined && delay === undefined) || due == null) {
      bell.ring({ work: true });
    }
    return ALL_ACCEPTED;
  }

  async #guarded(
    entries: readonly Entry[],
    given: DocumentWrite | undefined,
  ): Promise<EnqueueAnswer> {
    const { call, bell, settings } = this.#context;
    const answer = await this.#deliveries.send(entries, (number) =>
      call<GuardedAnswer>(
        "enqueue jobs",
        "enqueue_guarded_1($1::text, $2::text, $3::int, $4::float8, $5::text, $6::bigint, $7::text)",
        [
          guardedLines(entries),
          given === undefined ? null : JSON.stringify({ ...given, version: String(given.version) }),
          settings.deadMaxJobs,
          settings.deadTimeout,
          ...numberValues(number),
        ],
      ),
    );
    if (answer.conflict !== undefined) {
      return { refused: [], conflict: conflictOf(given?.name ?? "", answer.conflict) };
    }
    if (given !== undefined) {
      bell.ring({ documents: [[given.name, given.note]] });
    }
    // Should that fail, whoever hands on what is free does it.
    await buryDoomed(answer.bury ?? [], answer.now ?? 0, this.#context).catch(() => undefined);
    const { refused = [], version } = answer;
    const all = refused.map(({ jid, key, holder, how }) => ({
      jid,
      key,
      holder: holder ?? undefined,
      how,
    }));
    return {
      ...(all.length === 0 ? ALL_ACCEPTED : { refused: all, conflict: undefined }),
      ...(version === undefined ? {} : { version }),
    };
  }
}

function numberValues([set, number, , over]: DeliveryNumber): Value[] {
  return [set, number, over];
}

/** What was there instead. */
export function conflictOf(
  name: string,
  { version, text }: { readonly version: number | null; readonly text: string | null },
): Conflict {
  return { found: version === null || text === null ? undefined : { name, text, version } };
}

function withAccepted(error: unknown, accepted: readonly string[]): unknown {
  return error instanceof AdapterError && accepted.length > 0
    ? new AdapterError(error.message, {
        cause: error.cause,
        accepted,
        maybeAccepted: error.maybeAccepted,
      })
    : error;
}
