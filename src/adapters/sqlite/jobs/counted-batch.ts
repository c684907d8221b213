import type { BatchEvent, BatchFailure, BatchState } from "../../batches.ts";

/** A batch as it is kept. */
export interface BatchRow {
  readonly ord: number;
  readonly id: string;
  readonly text: string;
  readonly keep: number;
  readonly parent: string | null;
  readonly created_at: number;
  readonly open_until: number | null;
  readonly total: number;
  readonly pending: number;
  readonly untried: number;
  readonly dead: number;
  readonly children: number;
  readonly pending_children: number;
  readonly untried_children: number;
  readonly is_incomplete: number;
  readonly cancelled_at: number | null;
  readonly completed_at: number | null;
  readonly died_at: number | null;
  readonly succeeded_at: number | null;
  readonly ended_at: number | null;
  readonly due_at: number | null;
}

/** One batch, and how many of its jobs there are. */
export class CountedBatch {
  readonly id: string;
  readonly text: string;
  readonly keep: number;
  readonly parent: string | undefined;
  readonly createdAt: number;
  readonly order: number;
  openUntil: number | undefined;
  total: number;
  pending: number;
  untried: number;
  dead: number;
  children: number;
  pendingChildren: number;
  untriedChildren: number;
  isIncomplete: boolean;
  cancelledAt: number | undefined;
  completedAt: number | undefined;
  diedAt: number | undefined;
  succeededAt: number | undefined;
  endedAt: number | undefined;
  /** When it is looked at because of the time. */
  dueAt: number | undefined;

  constructor(row: BatchRow) {
    this.id = row.id;
    this.text = row.text;
    this.keep = row.keep;
    this.parent = row.parent ?? undefined;
    this.createdAt = row.created_at;
    this.order = row.ord;
    this.openUntil = row.open_until ?? undefined;
    this.total = row.total;
    this.pending = row.pending;
    this.untried = row.untried;
    this.dead = row.dead;
    this.children = row.children;
    this.pendingChildren = row.pending_children;
    this.untriedChildren = row.untried_children;
    this.isIncomplete = row.is_incomplete === 1;
    this.cancelledAt = row.cancelled_at ?? undefined;
    this.completedAt = row.completed_at ?? undefined;
    this.diedAt = row.died_at ?? undefined;
    this.succeededAt = row.succeeded_at ?? undefined;
    this.endedAt = row.ended_at ?? undefined;
    this.dueAt = row.due_at ?? undefined;
  }

  /** Whether an event has come, may still come, or cannot any more. */
  fateOf(event: BatchEvent): "come" | "open" | "missed" {
    const { completedAt: complete, succeededAt: success, diedAt: death } = this;
    if ({ complete, success, death }[event] !== undefined) {
      return "come";
    }
    return event !== "complete" && this.endedAt !== undefined ? "missed" : "open";
  }

  /** Whether jobs and batches may still come to it. */
  get takesMore(): boolean {
    return this.endedAt === undefined && this.cancelledAt === undefined;
  }

  /** Whether nothing of it moves by itself any more: what is left is dead. */
  get isStill(): boolean {
    return this.openUntil === undefined && this.pending === this.dead && this.pendingChildren === 0;
  }

  /** All that may change, in the order of {@link BATCH_COLUMNS}. */
  values(): (number | null)[] {
    return [
      this.openUntil ?? null,
      this.total,
      this.pending,
      this.untried,
      this.dead,
      this.children,
      this.pendingChildren,
      this.untriedChildren,
      this.isIncomplete ? 1 : 0,
      this.cancelledAt ?? null,
      this.completedAt ?? null,
      this.diedAt ?? null,
      this.succeededAt ?? null,
      this.endedAt ?? null,
      this.dueAt ?? null,
    ];
  }

  state(failures: readonly BatchFailure[]): BatchState {
    const { id, text, parent, createdAt, openUntil, total, pending, untried, dead, children } =
      this;
    const {
      pendingChildren,
      isIncomplete,
      cancelledAt,
      completedAt,
      diedAt,
      succeededAt,
      endedAt,
    } = this;
    return {
      id,
      text,
      parent,
      createdAt,
      openUntil,
      total,
      pending,
      untried,
      dead,
      children,
      pendingChildren,
      isIncomplete,
      cancelledAt,
      completedAt,
      diedAt,
      succeededAt,
      endedAt,
      failures,
    };
  }
}

/** Columns of a batch that may change. */
export const BATCH_COLUMNS: readonly string[] =
  "open_until total pending untried dead children pending_children untried_children is_incomplete cancelled_at completed_at died_at succeeded_at ended_at due_at".split(
    " ",
  );
