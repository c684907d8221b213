import { type Entry, RecordEntry } from "../../adapters/adapter.ts";
import { batchEvent, type BatchEvent } from "../../adapters/batches.ts";
import type { Hold } from "../../adapters/hold.ts";
import type { JobRecord } from "../../adapters/job-record.ts";
import type { JobStatus } from "../../adapters/job-store.ts";
import { stringifyNumbers } from "../../support/lossless-json.ts";
import { copyItems } from "../../serialization/plain-json.ts";
import { clock } from "../../support/clock.ts";
import { isWrapper } from "../record/active-job.ts";
import { recordText } from "../record/record-text.ts";
import { JobHandle } from "../handle/job-handle.ts";
import type { ResultOptions } from "../handle/await-result.ts";
import type { JobBatch } from "../surroundings/job-batch.ts";
import type { Declarations } from "../declare/declarations.ts";
import { warnOfMilliseconds } from "../declare/likely-milliseconds.ts";
import type { RunnableClass } from "../declare/registry.ts";
import { settings } from "../settings/settings.ts";
import { hasPreparedBrand, preparedBrand } from "./prepared-brand.ts";

/** A job that is ready to be enqueued: what `prepare` returns and `deferAll` takes. */
export class PreparedJob<Output = unknown> extends JobHandle<Output> {
  static {
    Object.defineProperty(this.prototype, preparedBrand, { value: true });
  }

  /** @internal Whose job it is. */
  readonly runnable: RunnableClass;
  /** @internal */
  readonly declarations: Declarations;
  /** @internal Handles this job waits for; their jids, and others', are in `prereqs`. */
  readonly prereqHandles: readonly PreparedJob[];
  /** @internal The jid that it was made with, once it is another job's handle. */
  declare refusedAs?: string;
  /** @internal The batch that it is added to. */
  declare batch?: JobBatch;
  #state: "prepared" | "collected" | "sent" | "accepted" | "duplicate" | "halted" = "prepared";
  #argumentsKept = false;
  /** The jid may have been used before, or may be used again by others. */
  #isRemembered: boolean;
  /** There may be an entry with its jid. */
  #isWritten: boolean;
  /** The job was given a time from now on, and not one of the clock. */
  readonly #waits: boolean;
  /** What it must hold, if anything. */
  readonly #holds: readonly Hold[] | undefined;

  constructor(
    options: ConstructorParameters<typeof JobHandle>[0] & {
      readonly runnable: RunnableClass;
      readonly declarations: Declarations;
      readonly prereqHandles: readonly PreparedJob[];
      /** Whether an application gave it its jid. */
      readonly hasGivenJid: boolean;
      /** Whether there may be an entry with its jid. */
      readonly isWritten?: boolean;
      /** Whether `scheduledAt` was given as a time from now on. */
      readonly waits: boolean;
      readonly holds: readonly Hold[] | undefined;
    },
  ) {
    super(options);
    this.#isRemembered = options.hasGivenJid;
    this.#isWritten = options.hasGivenJid || options.isWritten === true;
    this.#waits = options.waits;
    this.#holds = options.holds;
    this.runnable = options.runnable;
    this.declarations = options.declarations;
    this.prereqHandles = options.prereqHandles;
  }

  /** @internal */
  get prereqs(): readonly string[] {
    return this.record.prereq_jobs ?? [];
  }

  /** @internal Its store has it, or `deferAfter` will send it before anything that waits for it. */
  get isAccepted(): boolean {
    return this.#isThere || this.#state === "collected";
  }

  override get isDuplicate(): boolean {
    return this.#state === "duplicate";
  }

  /** @internal A callback or middleware kept it from being enqueued. */
  get isHalted(): boolean {
    return this.#state === "halted";
  }

  get #isThere(): boolean {
    return this.#state === "accepted" || this.#state === "duplicate";
  }

  /**
   * Where the job is now.
   *
   * @throws {TypeError} if it was not enqueued, or not yet: no store knows it.
   * @throws {AdapterError} if the store does not answer.
   */
  override async status(): Promise<JobStatus> {
    this.#assertSent("tell where", " is");
    return super.status();
  }

  /** @throws {TypeError} if it was not enqueued, or not yet. */
  override async result(options?: ResultOptions): Promise<Output> {
    this.#assertSent("wait for the result of");
    this.declarations.hooks.onAwait?.(this);
    warnOfMilliseconds(options?.timeout, `timeout of result of ${this.className}`);
    return super.result(options);
  }

  #assertSent(deed: string, rest = ""): void {
    if (!this.#isThere && this.#state !== "sent") {
      throw new TypeError(
        `Cannot ${deed} ${this.className} ${this.id}${rest}: it was not enqueued. ` +
          "Ask once deferAll, or the deferAfter around it, has resolved",
      );
    }
  }

  /** @internal A `deferAfter` will send it, if it resolves. */
  collect(): void {
    this.#state = "collected";
  }

  /** @internal Its store may have it: no answer came. */
  doubt(): void {
    this.#isRemembered = true;
    this.#state = "sent";
  }

  /** @internal */
  accept(): void {
    this.#isRemembered = true;
    if (this.#state !== "duplicate") this.#state = "accepted";
  }

  /** @internal Another job is there in its place, and this is the other's handle from now on. */
  standFor(holder: string): void {
    this.refusedAs ??= this.id;
    (this as { id: string }).id = holder;
    this.record.jid = holder;
    this.#isRemembered = true;
    this.#state = "duplicate";
  }

  /** @internal */
  halt(): void {
    this.#state = "halted";
  }

  /**
   * @internal From here on the arguments travel as they are now, whatever their owner does with
   *   them.
   */
  keepArguments(): void {
    const { record } = this;
    // Arguments for Ruby were copied when they were written down.
    if (!this.#argumentsKept && !isWrapper(record.class)) {
      copyItems(record.args);
    }
    this.#argumentsKept = true;
  }

  /** @internal From where it is deferred it is a job of that batch, if it is of none yet. */
  join(batch: JobBatch): void {
    this.batch ??= batch;
    this.record.batch = this.batch.id;
  }

  /**
   * @internal The same call as a callback of a batch: it waits for that, and for no key.
   */
  asCallback(batch: string, event: BatchEvent): PreparedJob {
    const record = { ...this.record, batch, batch_event: event };
    record.prereq_jobs = [batchEvent(batch, event)];
    record.prereq_failure = "cancel";
    const holds = this.#holds?.filter(({ from }) => from === "fetch");
    return new PreparedJob({
      record,
      className: this.className,
      arguments: this.arguments,
      scheduledAt: this.scheduledAt,
      runnable: this.runnable,
      declarations: this.declarations,
      prereqHandles: [],
      hasGivenJid: this.#isRemembered,
      waits: this.#waits,
      holds: holds?.length === 0 ? undefined : holds,
      adapter: this.adapter,
    });
  }

  /** @internal The same job, due that many seconds from now. */
  after(delay: number): PreparedJob {
    return new PreparedJob({
      record: this.record,
      className: this.className,
      arguments: this.arguments,
      scheduledAt: delay > 0 ? new Date((clock.now() + delay) * 1000) : undefined,
      runnable: this.runnable,
      declarations: this.declarations,
      prereqHandles: this.prereqHandles,
      hasGivenJid: this.#isRemembered,
      isWritten: true,
      waits: true,
      holds: this.#holds,
      adapter: this.adapter,
    });
  }

  /** What was a duplicate since this was made is no job: the one in its place is waited for. */
  #waitForHolders(): void {
    const holders = new Map<string, string>();
    for (const { refusedAs, id } of this.prereqHandles) {
      if (refusedAs !== undefined) holders.set(refusedAs, id);
    }
    if (holders.size > 0) {
      this.record.prereq_jobs = this.prereqs.map((jid) => holders.get(jid) ?? jid);
    }
  }

  /** @internal What the adapter gets. `enqueued_at` is the adapter's, at the end. */
  toEntry(): Entry {
    const { record, scheduledAt } = this;
    if (this.prereqHandles.length > 0) this.#waitForHolders();
    const { jid, priority, prereq_jobs: prereqs, prereq_failure: prereqFailure } = record;
    const { fair_key: fairKey } = record;
    const isFirst = !this.#isWritten && jid === this.id;
    this.#isWritten = true;
    const entry = new RecordEntry(record, payloadOf(record, isFirst), isFirst);
    if (priority !== undefined) entry.priority = priority;
    if (fairKey !== undefined) entry.fairKey = fairKey;
    if (scheduledAt !== undefined) {
      entry.at = scheduledAt.getTime() / 1000;
      if (this.#waits) entry.delay = Math.max(0, entry.at - clock.now());
    }
    if (prereqs !== undefined) entry.prereqs = prereqs;
    if (prereqFailure !== undefined) entry.prereqFailure = prereqFailure;
    if (this.#isRemembered) entry.remembered = true;
    if (this.batch !== undefined) entry.batch = this.batch.id;
    if (this.#holds !== undefined) entry.holds = this.#holds;
    this.declarations.hooks.onEntry?.(entry, this);
    return entry;
  }
}

/** Whether it is a prepared job, of whichever copy of this library. */
export function isPrepared(value: unknown): value is PreparedJob {
  return hasPreparedBrand(value);
}

function payloadOf(record: JobRecord, hasNewJid: boolean): string {
  const isExact = isWrapper(record.class) || settings().contextAttributes.length > 0;
  return isExact ? stringifyNumbers(record) : recordText(record, hasNewJid);
}
