import { readRecord, dateAt, readTimestamp, type JobRecord } from "../../adapters/job-record.ts";
import { mayHaveLargeIntegers, parseNumbers, plainNumber } from "../../support/lossless-json.ts";
import { readBacktrace } from "../../job/record/backtrace.ts";
import { expiryOf } from "../../job/record/recorded-expiry.ts";
import { tagsIn } from "../../job/handle/recorded-tags.ts";
import { stepStates, type StepState } from "./step-state.ts";
import { shownArguments, shownContext, shownName } from "./shown.ts";

/**
 * A job's payload as operators read it. Anybody may have written it, so each field is what it
 * should be or `undefined`: nothing throws.
 */
export class RecordView {
  /** The record's text, byte for byte. */
  readonly payload: string;
  #record: JobRecord | undefined;
  #isRead: boolean;

  /** @internal */
  constructor(payload: string, record?: JobRecord) {
    this.payload = payload;
    this.#record = record;
    this.#isRead = record !== undefined;
  }

  /** The payload read as a record; `undefined` where it is no JSON object. */
  get record(): JobRecord | undefined {
    if (!this.#isRead) {
      this.#record = readRecord(this.payload);
      this.#isRead = true;
    }
    return this.#record;
  }

  /** The record, with its large integers as text: a number would be another one. */
  #exact(): JobRecord | undefined {
    const { record, payload } = this;
    if (record === undefined || !mayHaveLargeIntegers(payload)) {
      return record;
    }
    return parseNumbers(payload, (text) => {
      const number = plainNumber(text);
      return typeof number === "bigint" ? text : number;
    }) as JobRecord;
  }

  /** The command's name, or that of a `Job` class; "" where the payload has none. */
  get className(): string {
    return this.record === undefined ? "" : shownName(this.record);
  }

  /**
   * The arguments as they are on the wire, global ids as text; so are integers that a number does
   * not have, which Ruby writes.
   */
  get arguments(): readonly unknown[] {
    const record = this.#exact();
    return record === undefined ? [] : shownArguments(record);
  }

  /** The name of the last failure's error. */
  get errorClass(): string | undefined {
    return textOf(this.record?.error_class);
  }

  /** The error's message. */
  get errorMessage(): string | undefined {
    return textOf(this.record?.error_message);
  }

  /**
   * Where it failed, innermost first: one line, the first that is the application's own, unless its
   * class keeps more.
   */
  get backtrace(): readonly string[] {
    return readBacktrace(this.record?.error_backtrace);
  }

  /** Words that operators search by. */
  get tags(): readonly string[] {
    return tagsIn(this.record);
  }

  /**
   * The context attributes that it was deferred with, as they are on the wire: those of the first
   * definition at `cattr`, of the second at `cattr_1`, and so on; global ids as text.
   */
  get context(): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
    const record = this.#exact();
    return record === undefined ? {} : shownContext(record);
  }

  /** Retries so far: 0 after the first failure. */
  get retryCount(): number | undefined {
    const count: unknown = this.record?.retry_count;
    return Number.isSafeInteger(count) ? (count as number) : undefined;
  }

  /**
   * How far it has come by its last checkpoint, step by step; `undefined` of a job that has come to
   * no step, and where its class encrypts.
   */
  get steps(): readonly StepState[] | undefined {
    return this.record === undefined ? undefined : stepStates(this.record);
  }

  /** How often a run of it went on from a checkpoint. */
  get resumptions(): number {
    const count: unknown = this.record?.resumptions;
    return Number.isSafeInteger(count) ? (count as number) : 0;
  }

  /** When it failed first. */
  get failedAt(): Date | undefined {
    return dateOf(this.record?.failed_at);
  }

  /** When it failed last. */
  get lastFailedAt(): Date | undefined {
    return dateOf(this.record?.retried_at) ?? this.failedAt;
  }

  /** After which no run of it begins. */
  get expiresAt(): Date | undefined {
    return this.record === undefined ? undefined : dateAt(expiryOf(this.record));
  }

  /** When it was deferred. */
  get createdAt(): Date | undefined {
    return dateOf(this.record?.created_at);
  }

  /** When it last entered a queue. */
  get enqueuedAt(): Date | undefined {
    return dateOf(this.record?.enqueued_at);
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** What a record's time field says; `undefined` where that is no time. */
function dateOf(value: unknown): Date | undefined {
  return dateAt(readTimestamp(value));
}
