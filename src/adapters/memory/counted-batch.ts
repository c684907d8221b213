import {
  FAILURE_LENGTH,
  FAILURES_KEPT,
  type BatchEvent,
  type BatchFailure,
  type BatchOpening,
  type BatchState,
} from "../batches.ts";
import { readRecord } from "../job-record.ts";
import type { Position } from "./chunk.ts";

/** One batch, and how many of its jobs there are. */
export class CountedBatch implements Position {
  readonly id: string;
  readonly text: string;
  readonly keep: number;
  readonly parent: CountedBatch | undefined;
  readonly createdAt: number;
  readonly order: number;
  /** When it is looked at because of the time. */
  rank: number = Infinity;
  openUntil: number | undefined;
  total = 0;
  pending = 0;
  untried = 0;
  dead = 0;
  children = 0;
  /** Those that have not ended, and those that are not complete. */
  readonly pendingChildren: Set<CountedBatch> = new Set();
  readonly untriedChildren: Set<CountedBatch> = new Set();
  isIncomplete = false;
  cancelledAt: number | undefined = undefined;
  completedAt: number | undefined = undefined;
  diedAt: number | undefined = undefined;
  succeededAt: number | undefined = undefined;
  endedAt: number | undefined = undefined;
  readonly failures: BatchFailure[] = [];
  readonly notes: string[] = [];

  constructor(
    { id, text, keep, seconds }: BatchOpening,
    { parent, now, order }: Pick<CountedBatch, "parent" | "order"> & { readonly now: number },
  ) {
    this.id = id;
    this.text = text;
    this.keep = keep;
    this.parent = parent;
    this.createdAt = now;
    this.order = order;
    this.openUntil = now + seconds;
  }

  /** Whether jobs and batches may still come to it. */
  get takesMore(): boolean {
    return this.endedAt === undefined && this.cancelledAt === undefined;
  }

  /** Whether nothing of it moves by itself any more: what is left is dead. */
  get isStill(): boolean {
    return (
      this.openUntil === undefined && this.pending === this.dead && this.pendingChildren.size === 0
    );
  }

  /** Whether an event has come, may still come, or cannot any more. */
  fateOf(event: BatchEvent): "come" | "open" | "missed" {
    const { completedAt: complete, succeededAt: success, diedAt: death } = this;
    if ({ complete, success, death }[event] !== undefined) {
      return "come";
    }
    return event !== "complete" && this.endedAt !== undefined ? "missed" : "open";
  }

  fail(jid: string, payload: string): void {
    if (this.failures.length < FAILURES_KEPT) {
      const { error_class: name, error_message: message } = readRecord(payload) ?? {};
      const errorMessage = String(message ?? "").slice(0, FAILURE_LENGTH);
      this.failures.push({ jid, errorClass: String(name ?? "Error"), errorMessage });
    }
  }

  state(): BatchState {
    const { id, text, createdAt, openUntil, total, pending, untried, dead, children } = this;
    const { isIncomplete, cancelledAt, completedAt, diedAt, succeededAt, endedAt } = this;
    return {
      id,
      text,
      parent: this.parent?.id,
      createdAt,
      openUntil,
      total,
      pending,
      untried,
      dead,
      children,
      pendingChildren: this.pendingChildren.size,
      isIncomplete,
      cancelledAt,
      completedAt,
      diedAt,
      succeededAt,
      endedAt,
      failures: [...this.failures],
    };
  }
}
