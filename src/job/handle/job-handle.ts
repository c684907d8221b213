import { inspect } from "node:util";
import type { Adapter } from "../../adapters/adapter.ts";
import type { JobRecord } from "../../adapters/job-record.ts";
import { awaitResult, type ResultOptions } from "./await-result.ts";
import { isJob, JobById } from "./job-by-id.ts";
import { tagsIn } from "./recorded-tags.ts";

/** One job, as whoever deferred it holds it, and as it sees itself while it runs. */
export class JobHandle<Output = unknown> extends JobById<Output> {
  /** The command's name, or the name of a `Job` class. */
  readonly className: string;
  /** When it is due; `undefined` if at once. */
  readonly scheduledAt: Date | undefined;
  /** The job as it is on the wire. */
  readonly record: JobRecord;
  #arguments: readonly unknown[];

  constructor(options: {
    readonly record: JobRecord;
    readonly className: string;
    readonly arguments: readonly unknown[];
    readonly scheduledAt?: Date | undefined;
    readonly adapter: Adapter;
  }) {
    super(options.record.jid, options.adapter);
    this.record = options.record;
    this.className = options.className;
    this.#arguments = options.arguments;
    this.scheduledAt = options.scheduledAt;
  }

  /** The arguments as they were given or, in a running job, as they were found. */
  get arguments(): readonly unknown[] {
    return this.#arguments;
  }

  /** The queue it is on, or will be. */
  get queueName(): string {
    return this.record.queue;
  }

  /** The smaller goes first; 0 unless given. */
  get priority(): number {
    return this.record.priority ?? 0;
  }

  /** Words that operators see and search by. */
  get tags(): readonly string[] {
    return tagsIn(this.record);
  }

  /**
   * Whose occurrence it is, and when that was due; `undefined` of a job that no schedule enqueued.
   */
  get recurring(): { readonly key: string; readonly scheduledAt: Date } | undefined {
    const found: unknown = this.record.recurring;
    if (typeof found !== "object" || found === null) {
      return undefined;
    }
    const { key, at } = found as Readonly<Record<string, unknown>>;
    return typeof key === "string" && typeof at === "number"
      ? { key, scheduledAt: new Date(at * 1000) }
      : undefined;
  }

  /**
   * Whether this is the handle of a job that was there already: `defer` made no second one, because
   * its class is unique (`unique`, `debounce`). Its `id`, `status()`, `result()` and `cancel()` are
   * those of that job. Known once `defer`, `deferAll` or the `deferAfter` around it has resolved.
   */
  get isDuplicate(): boolean {
    return false;
  }

  /** How many runs of this job have failed so far. */
  get executions(): number {
    return this.record.executions ?? 0;
  }

  /**
   * How often a run of this job went on from a checkpoint of one before, the one that runs
   * included.
   */
  get resumptions(): number {
    const { resumptions = 0, steps } = this.record;
    return steps === undefined ? resumptions : resumptions + 1;
  }

  /**
   * A running job's arguments have been found.
   *
   * @internal
   */
  locate(args: readonly unknown[]): void {
    this.#arguments = args;
  }

  /** @internal One line, where it is printed, and without its arguments: they may be secret. */
  override [inspect.custom](): string {
    return `${this.className} ${this.id} (queue "${this.queueName}")`;
  }

  /** @see JobById.cancel */
  override cancel(): Promise<boolean> {
    return this.adapter.store.cancel(this.id, this.isDuplicate ? undefined : this.queueName);
  }

  /** @see JobById.result */
  override result(options?: ResultOptions): Promise<Output> {
    return awaitResult(this, this.adapter, options) as Promise<Output>;
  }
}

/**
 * Whether it is a handle, of whichever copy of this library: a job of which more than the id is
 * known.
 */
export function isHandle(value: unknown): value is JobHandle {
  return isJob(value) && "record" in value;
}
