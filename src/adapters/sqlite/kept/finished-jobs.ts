import type { FinishedJob } from "../../job-notes.ts";
import type { Page, StoredJob } from "../../job-store.ts";
import type { Context } from "../store/context.ts";

interface FinishedRow {
  readonly id: number;
  readonly jid: string;
  readonly queue: string;
  readonly at: number;
  readonly payload: string;
}

/** Jobs that are over and kept for operators. */
export class FinishedJobs {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  add(
    { jid, queue }: { readonly jid: string; readonly queue: string },
    { group, count, seconds, payload }: FinishedJob,
  ): void {
    const { now } = this.#context;
    this.#context.run(
      "INSERT OR REPLACE INTO finished (jid, queue, grp, at, until, payload) VALUES (?, ?, ?, ?, ?, ?)",
      jid,
      queue,
      group,
      now,
      now + seconds,
      payload,
    );
    this.#context.run(
      "DELETE FROM finished WHERE grp = ? AND id <= (SELECT id FROM finished WHERE grp = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
      group,
      group,
      count,
    );
  }

  size(): number {
    const row = this.#context.get<{ size: number }>(
      "SELECT COUNT(*) AS size FROM finished WHERE until > ?",
      this.#context.now,
    );
    return row?.size ?? 0;
  }

  find(jid: string): StoredJob | undefined {
    const row = this.#context.get<FinishedRow>(
      "SELECT * FROM finished WHERE jid = ? AND until > ?",
      jid,
      this.#context.now,
    );
    return row && stored(row);
  }

  /** The newest first. */
  page(cursor: string | undefined, limit: number): Page {
    const [at = Infinity, id = Infinity] = (cursor ?? "Infinity Infinity").split(" ").map(Number);
    const rows = this.#context.all<FinishedRow>(
      "SELECT * FROM finished WHERE until > ? AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?",
      this.#context.now,
      at,
      id,
      limit,
    );
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return { jobs: rows.map(stored), cursor: last && `${last.at} ${last.id}` };
  }

  /** @returns whether it was there as it was read. */
  take({ jid = "", payload }: StoredJob): boolean {
    return (
      this.#context.run("DELETE FROM finished WHERE jid = ? AND payload = ?", jid, payload) > 0
    );
  }

  rewrite({ jid = "", payload }: StoredJob, after: string): void {
    this.#context.run(
      "UPDATE finished SET payload = ? WHERE jid = ? AND payload = ?",
      after,
      jid,
      payload,
    );
  }

  /** @returns how many there were. */
  clear(): number {
    const size = this.size();
    this.#context.run("DELETE FROM finished");
    return size;
  }
}

function stored({ jid, queue, at, payload }: FinishedRow): StoredJob {
  return { jid, queue, payload, at };
}
