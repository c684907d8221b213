import type { Batches, BatchFailure, BatchOpening, BatchPage, BatchState } from "../../batches.ts";
import type { Listening } from "../../job-notes.ts";
import type { Row } from "../connection/database.ts";
import { textArray, type PostgresContext } from "../postgres-context.ts";

const COLUMNS = `id, ord::float8 AS ord, body, parent, created_at, open_until, total::float8 AS total, pending::float8 AS pending,
  untried::float8 AS untried, dead::float8 AS dead, children::float8 AS children, pending_children::float8 AS pending_children,
  is_incomplete, cancelled_at, completed_at, died_at, succeeded_at, ended_at, failures::text AS failures`;

interface Changed {
  readonly done: boolean;
  readonly cancelled: readonly string[];
}

/** Batches in Postgres. */
export class PostgresBatches implements Batches {
  readonly #context: PostgresContext;

  constructor(context: PostgresContext) {
    this.#context = context;
  }

  async open(opening: BatchOpening): Promise<boolean> {
    return (await this.#change("open", opening)).done;
  }

  async renew(id: string, seconds: number): Promise<boolean> {
    return (await this.#change("renew", { id, seconds })).done;
  }

  async close(id: string, isIncomplete = false): Promise<boolean> {
    return (await this.#change("close", { id, isIncomplete })).done;
  }

  async cancel(id: string): Promise<readonly string[]> {
    const { cancelled } = await this.#change("cancel", { id });
    if (cancelled.length > 0) {
      this.#context.bell.ring({ cancelled: true });
    }
    return cancelled;
  }

  async read(ids: readonly string[]): Promise<readonly (BatchState | undefined)[]> {
    await this.#wake();
    const rows = await this.#context.query(
      "read batches",
      `SELECT ${COLUMNS} FROM @.batch WHERE id = ANY ($1::text::text[])`,
      [textArray(ids)],
    );
    const byId = new Map(rows.map((row) => [row["id"], stateOf(row)]));
    return ids.map((id) => byId.get(id));
  }

  async list(cursor: string | undefined, limit: number): Promise<BatchPage> {
    await this.#wake();
    const rows = await this.#context.query(
      "list batches",
      `SELECT ${COLUMNS} FROM @.batch WHERE ord < $1::float8 ORDER BY batch.ord DESC LIMIT $2::int`,
      [Number(cursor ?? Number.MAX_SAFE_INTEGER), limit + 1],
    );
    const page = rows.slice(0, limit);
    return {
      batches: page.map(stateOf),
      cursor: rows.length > limit ? String(page.at(-1)?.["ord"]) : undefined,
    };
  }

  async note(id: string, text: string): Promise<boolean> {
    const rows = await this.#context.query(
      "note something of a batch",
      "UPDATE @.batch SET notes = notes || $2::text WHERE id = $1::text RETURNING id",
      [id, text],
    );
    return rows.length > 0;
  }

  async notes(id: string): Promise<readonly string[]> {
    const rows = await this.#context.query(
      "read what was noted of a batch",
      "SELECT n.note FROM @.batch b, unnest(b.notes) WITH ORDINALITY n(note, i) WHERE b.id = $1::text ORDER BY n.i",
      [id],
    );
    return rows.map(({ note }) => String(note));
  }

  /**
   * Of a batch that is complete workers are told, too: whether it is this one is looked at then.
   */
  listen(id: string, onComplete: () => void): Listening {
    let isOver = false;
    const look = async (): Promise<void> => {
      const [batch] = await this.read([id]);
      if (!isOver && batch?.completedAt !== undefined) {
        isOver = true;
        onComplete();
      }
    };
    const listening = this.#context.bell.listening(({ work, missed }) => {
      // Whoever waits looks now and then besides.
      if ((work === true || missed === true) && !isOver) void look().catch(() => undefined);
    });
    return {
      ready: listening.ready,
      stop: () => {
        isOver = true;
        listening.stop();
      },
    };
  }

  #change(deed: string, batch: object): Promise<Changed> {
    return this.#context.call<Changed>(`${deed} a batch`, "change_batch_1($1::text, $2::text)", [
      deed,
      JSON.stringify(batch),
    ]);
  }

  /** Closes those whose opening has run out, where there is one. */
  async #wake(): Promise<void> {
    const [due] = await this.#context.query(
      "look for batches that are due",
      "SELECT 1 AS due FROM @.batch WHERE wake_at <= @.epoch() LIMIT 1",
    );
    if (due !== undefined) {
      await this.#change("renew", { id: "", seconds: 0 });
    }
  }
}

function stateOf(row: Row): BatchState {
  return {
    id: String(row["id"]),
    text: String(row["body"]),
    parent: (row["parent"] as string | null) ?? undefined,
    createdAt: Number(row["created_at"]),
    openUntil: time(row["open_until"]),
    total: Number(row["total"]),
    pending: Number(row["pending"]),
    untried: Number(row["untried"]),
    dead: Number(row["dead"]),
    children: Number(row["children"]),
    pendingChildren: Number(row["pending_children"]),
    isIncomplete: row["is_incomplete"] === true,
    cancelledAt: time(row["cancelled_at"]),
    completedAt: time(row["completed_at"]),
    diedAt: time(row["died_at"]),
    succeededAt: time(row["succeeded_at"]),
    endedAt: time(row["ended_at"]),
    failures: JSON.parse(String(row["failures"])) as BatchFailure[],
  };
}

function time(value: unknown): number | undefined {
  return value == null ? undefined : Number(value);
}
