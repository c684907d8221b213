import type { Entry } from "../adapters/adapter.ts";
import { clock } from "../support/clock.ts";
import { JobHandle } from "./job-handle.ts";
import type { Declarations } from "./declarations.ts";

/** A job that is ready to be enqueued: what `prepare` returns and `deferAll` takes. */
export class PreparedJob extends JobHandle {
  /** @internal */
  readonly declarations: Declarations;
  /** @internal Handles this job waits for; their jids, and others', are in `prereqs`. */
  readonly prereqHandles: readonly PreparedJob[];
  #state: "prepared" | "accepted" | "halted" = "prepared";

  constructor(
    options: ConstructorParameters<typeof JobHandle>[0] & {
      readonly declarations: Declarations;
      readonly prereqHandles: readonly PreparedJob[];
    },
  ) {
    super(options);
    this.declarations = options.declarations;
    this.prereqHandles = options.prereqHandles;
  }

  /** @internal */
  get prereqs(): readonly string[] {
    return this.record.prereq_jobs ?? [];
  }

  /** @internal Its store has it, or `deferAfter` will send it before anything that waits for it. */
  get isAccepted(): boolean {
    return this.#state === "accepted";
  }

  /** @internal A callback or middleware kept it from being enqueued. */
  get isHalted(): boolean {
    return this.#state === "halted";
  }

  /** @internal */
  accept(): void {
    this.#state = "accepted";
  }

  /** @internal */
  halt(): void {
    this.#state = "halted";
  }

  /** @internal The same job, due that many seconds from now. */
  after(delay: number): PreparedJob {
    return new PreparedJob({
      record: this.record,
      className: this.className,
      arguments: this.arguments,
      scheduledAt: delay > 0 ? new Date((clock.now() + delay) * 1000) : undefined,
      declarations: this.declarations,
      prereqHandles: this.prereqHandles,
      adapter: this.adapter,
    });
  }

  /** @internal What the adapter gets. `enqueued_at` is the adapter's, at the end. */
  toEntry(): Entry {
    const { record, scheduledAt } = this;
    return {
      jid: record.jid,
      queue: record.queue,
      payload: JSON.stringify(record),
      ...(record.priority === undefined ? {} : { priority: record.priority }),
      ...(scheduledAt === undefined ? {} : { at: scheduledAt.getTime() / 1000 }),
      ...(record.prereq_jobs === undefined ? {} : { prereqs: record.prereq_jobs }),
      ...(record.prereq_failure === undefined ? {} : { prereqFailure: record.prereq_failure }),
    };
  }
}
