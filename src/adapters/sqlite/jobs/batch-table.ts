import {
  FAILURE_LENGTH,
  FAILURES_KEPT,
  type BatchFailure,
  type BatchHappening,
  type BatchOpening,
} from "../../batches.ts";
import { readRecord } from "../../job-record.ts";
import type { Context, Written } from "../store/context.ts";
import { BATCH_COLUMNS, CountedBatch, type BatchRow } from "./counted-batch.ts";

const UPDATE = `UPDATE batch SET ${BATCH_COLUMNS.map((name) => `${name} = ?`).join(", ")} WHERE id = ?`;

/** The table of batches. What was read of it in a step is written at its end. */
export class BatchTable implements Written {
  readonly #context: Context;
  readonly #read = new Map<string, { readonly batch: CountedBatch; image: string }>();

  constructor(context: Context) {
    this.#context = context;
    context.add(this);
  }

  find(id: string): CountedBatch | undefined {
    return (
      this.#read.get(id)?.batch ??
      this.#keep(this.#context.get<BatchRow>("SELECT * FROM batch WHERE id = ?", id))
    );
  }

  make({ id, text, keep, seconds, parent }: BatchOpening): CountedBatch {
    const { now } = this.#context;
    const row = this.#context.get<BatchRow>(
      "INSERT INTO batch (id, text, keep, parent, created_at, open_until) VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
      id,
      text,
      keep,
      parent ?? null,
      now,
      now + seconds,
    );
    return this.#keep(row) as CountedBatch;
  }

  delete({ id }: CountedBatch): void {
    this.#read.delete(id);
    this.#context.run("DELETE FROM batch WHERE id = ?", id);
    this.#context.run("DELETE FROM batch_failure WHERE batch = ?", id);
    this.#context.run("DELETE FROM batch_note WHERE batch = ?", id);
  }

  /** The ids that a statement finds. */
  ids(sql: string, ...values: (string | number)[]): string[] {
    this.flush();
    return this.#context.all<{ id: string }>(sql, ...values).map(({ id }) => id);
  }

  /** When the next is to be looked at. */
  get nextDue(): number | undefined {
    this.flush();
    const row = this.#context.get<{ at: number | null }>(
      "SELECT MIN(due_at) AS at FROM batch WHERE due_at IS NOT NULL",
    );
    return row?.at ?? undefined;
  }

  /** A job's first failure. */
  fail({ id }: CountedBatch, jid: string, payload: string): void {
    const { error_class: name, error_message: message } = readRecord(payload) ?? {};
    const errorMessage = String(message ?? "").slice(0, FAILURE_LENGTH);
    const failure: BatchFailure = { jid, errorClass: String(name ?? "Error"), errorMessage };
    this.#context.run(
      `INSERT INTO batch_failure (batch, ord, failure) SELECT ?, COUNT(*) + 1, ? FROM batch_failure WHERE batch = ? HAVING COUNT(*) < ${FAILURES_KEPT}`,
      id,
      JSON.stringify(failure),
      id,
    );
  }

  failures({ id }: CountedBatch): BatchFailure[] {
    return this.#context
      .all<{ failure: string }>(
        "SELECT failure FROM batch_failure WHERE batch = ? ORDER BY ord",
        id,
      )
      .map(({ failure }) => JSON.parse(failure) as BatchFailure);
  }

  note(id: string, text: string): void {
    this.#context.run(
      "INSERT INTO batch_note (batch, ord, text) SELECT ?, COUNT(*) + 1, ? FROM batch_note WHERE batch = ?",
      id,
      text,
      id,
    );
  }

  notes(id: string): string[] {
    return this.#context
      .all<{ text: string }>("SELECT text FROM batch_note WHERE batch = ? ORDER BY ord", id)
      .map(({ text }) => text);
  }

  flush(): void {
    for (const [id, read] of this.#read) {
      const values = read.batch.values();
      const image = values.join();
      if (image !== read.image) {
        read.image = image;
        this.#context.run(UPDATE, ...values, id);
      }
    }
  }

  forget(): void {
    this.#read.clear();
  }

  #keep(row: BatchRow | undefined): CountedBatch | undefined {
    const batch = row && new CountedBatch(row);
    if (batch !== undefined) {
      this.#read.set(batch.id, { batch, image: batch.values().join() });
    }
    return batch;
  }

  get hasNews(): boolean {
    return this.#context.get("SELECT 1 FROM batch_news LIMIT 1") !== undefined;
  }

  addNews({ id, event }: BatchHappening): void {
    const sql = "INSERT INTO batch_news (id, event) VALUES (?, ?)";
    this.#context.run(sql, id, event);
    this.#context.run(
      "DELETE FROM batch_news WHERE ord <= (SELECT max(ord) FROM batch_news) - ?",
      MOST_NEWS,
    );
  }

  /** What has happened since somebody asked. */
  takeNews(): readonly BatchHappening[] {
    const news = this.#context.all<BatchHappening>("SELECT id, event FROM batch_news ORDER BY ord");
    if (news.length > 0) this.#context.run("DELETE FROM batch_news");
    return news.map(({ id, event }) => ({ id, event }));
  }
}

/** Of so many that nobody has asked for it is known what happened to them. */
const MOST_NEWS = 1_000;
