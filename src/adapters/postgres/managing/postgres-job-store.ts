import { lastDates } from "../../dates.ts";
import type { Finding } from "../../finding.ts";
import type {
  DayCounters,
  JobStore,
  Move,
  Page,
  Place,
  Rewriting,
  RunningJob,
  StoredJob,
  WorkerState,
} from "../../job-store.ts";
import { textArray, type PostgresContext } from "../postgres-context.ts";
import { shownPayload } from "../shown-payload.ts";
import { isIn, pageOf, rowsOf, sizeOf, storedJob } from "./places.ts";
import { serverFacts, serverFindings } from "./server-findings.ts";

/** Jobs of one step: everybody else waits for it. */
const SLICE = 250;

interface Item {
  readonly jid: string;
  readonly pos: number;
  readonly before: string;
  readonly payload?: string | undefined;
}

/** Reading and managing jobs in Postgres. */
export class PostgresJobStore implements JobStore {
  readonly #context: PostgresContext;

  constructor(context: PostgresContext) {
    this.#context = context;
  }

  async queueNames(): Promise<readonly string[]> {
    return this.#names("SELECT name FROM @.queue");
  }

  async size(place: Place): Promise<number> {
    return sizeOf(place, this.#context);
  }

  async page(place: Place, cursor: string | undefined, limit: number): Promise<Page> {
    return pageOf(place, { cursor, limit }, this.#context);
  }

  async find(place: Place, jid: string): Promise<StoredJob | undefined> {
    const [row] = await rowsOf(place, textArray([jid]), this.#context);
    return row !== undefined && isIn(row, place) ? storedJob(row, this.#context) : undefined;
  }

  async dependents(jid: string, limit: number): Promise<readonly string[]> {
    const rows = await this.#context.query(
      "look for dependents",
      `SELECT dependent FROM @.edge e WHERE prereq = $1::text
          AND NOT EXISTS (SELECT FROM @.freed f WHERE f.prereq = e.prereq AND f.id > e.ord) ORDER BY ord LIMIT $2::int`,
      [jid, limit],
    );
    return rows.map(({ dependent }) => String(dependent));
  }

  async delete(place: Place, job: StoredJob): Promise<boolean> {
    return (await this.deleteAll(place, [job])) === 1;
  }

  async move(
    place: Place,
    job: StoredJob,
    to: "queue" | "dead",
    payload: string,
  ): Promise<boolean> {
    return (await this.moveAll(place, [{ job, payload }], to)) === 1;
  }

  async deleteAll(
    place: Place,
    jobs: readonly StoredJob[],
    ended: "deleted" | "cancelled" = "deleted",
  ): Promise<number> {
    const moves = jobs.map((job) => ({ job, payload: () => undefined }));
    return this.#manage("delete", place, moves, ended);
  }

  async moveAll(place: Place, moves: readonly Move[], to: "queue" | "dead"): Promise<number> {
    const all = moves.map(({ job, payload }) => ({ job, payload: () => payload }));
    return this.#manage(to, place, all);
  }

  async rewriteAll(
    place: Place,
    jobs: readonly StoredJob[],
    rewriting: Rewriting,
  ): Promise<number> {
    const all = jobs.map((job) => ({ job, payload: rewriting }));
    return this.#manage("rewrite", place, all);
  }

  async cancel(jid: string): Promise<boolean> {
    const { how } = await this.#context.call<{ how: string | null }>(
      "cancel a job",
      "cancel_1($1::text)",
      [jid],
    );
    if (how === "running") {
      this.#context.bell.ring({ cancelled: true });
    }
    return how !== null;
  }

  async clear(place: Place): Promise<number> {
    const { call, settings } = this.#context;
    let sum = 0;
    for (;;) {
      const { count, isMore } = await call<{ count: number; isMore: boolean }>(
        "clear a place",
        "clear_1($1::text, $2::int, $3::int, $4::float8)",
        [JSON.stringify(place), SLICE, settings.deadMaxJobs, settings.deadTimeout],
      );
      sum += count;
      if (!isMore) {
        return sum;
      }
    }
  }

  async pause(queue: string): Promise<void> {
    await this.#context.query(
      "pause a queue",
      "INSERT INTO @.paused (name) VALUES ($1::text) ON CONFLICT DO NOTHING",
      [queue],
    );
  }

  async resume(queue: string): Promise<void> {
    await this.#context.query("resume a queue", "DELETE FROM @.paused WHERE name = $1::text", [
      queue,
    ]);
    this.#context.bell.ring({ work: true });
  }

  async pausedQueues(): Promise<readonly string[]> {
    return this.#names("SELECT name FROM @.paused");
  }

  async counters(): Promise<{ readonly processed: number; readonly failed: number }> {
    const [row] = await this.#context.query(
      "read counters",
      "SELECT coalesce(sum(processed), 0)::float8 AS processed, coalesce(sum(failed), 0)::float8 AS failed FROM @.tally",
    );
    return { processed: Number(row?.["processed"]), failed: Number(row?.["failed"]) };
  }

  async countersByDay(days: number): Promise<readonly DayCounters[]> {
    const rows = await this.#context.query(
      "read counters",
      `SELECT to_char(to_timestamp(day * 86400.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS date,
              sum(processed)::float8 AS processed, sum(failed)::float8 AS failed
         FROM @.tally WHERE day > floor(@.epoch() / 86400) - $1::int GROUP BY day`,
      [days],
    );
    const byDate = new Map(rows.map((row) => [row["date"], row]));
    return lastDates(await this.now(), days).map((date) => {
      const row = byDate.get(date);
      return {
        date,
        processed: Number(row?.["processed"] ?? 0),
        failed: Number(row?.["failed"] ?? 0),
      };
    });
  }

  async workers(): Promise<readonly WorkerState[]> {
    const rows = await this.#context.query(
      "list workers",
      "SELECT identity, info, state, seen_at FROM @.lease WHERE expires_at > @.epoch() ORDER BY id",
    );
    return rows.map(({ identity, info, state, seen_at: seenAt }) => ({
      identity: String(identity),
      library: "mandate",
      ...(JSON.parse(String(info)) as Omit<WorkerState, "identity" | "library" | "busy" | "quiet">),
      ...(JSON.parse(String(state)) as Pick<WorkerState, "busy" | "quiet">),
      seenAt: Number(seenAt),
    }));
  }

  async foreignProcesses(): Promise<readonly []> {
    return [];
  }

  async running(): Promise<readonly RunningJob[]> {
    const rows = await this.#context.query(
      "list running jobs",
      `SELECT l.identity, j.queue, j.payload, j.enqueued_at, j.started_at FROM @.job j JOIN @.lease l ON l.id = j.lease
        WHERE j.state = 1 ORDER BY j.lease, j.run`,
    );
    return rows.map((row) => ({
      identity: String(row["identity"]),
      queue: String(row["queue"]),
      payload: shownPayload(row["payload"], row["enqueued_at"], this.#context.settings),
      startedAt: Number(row["started_at"]),
    }));
  }

  async signal(identity: string, signal: "TSTP" | "TERM"): Promise<boolean> {
    const rows = await this.#context.query(
      "signal a worker",
      "UPDATE @.lease SET signal = $2::text WHERE identity = $1::text AND expires_at > @.epoch() RETURNING id",
      [identity, signal],
    );
    if (rows.length > 0) {
      this.#context.bell.ring({ signalled: [identity] });
    }
    return rows.length > 0;
  }

  async facts(): Promise<Readonly<Record<string, string>>> {
    return serverFacts(this.#context);
  }

  async findings(): Promise<readonly Finding[]> {
    return serverFindings(this.#context);
  }

  async now(): Promise<number> {
    const [row] = await this.#context.query("read the clock", "SELECT @.epoch() AS now");
    return Number(row?.["now"]);
  }

  async #names(text: string): Promise<readonly string[]> {
    const rows = await this.#context.query("list queues", `${text} ORDER BY name`);
    return rows.map(({ name }) => String(name));
  }

  /** Each that is as it was read, in slices. */
  async #manage(
    deed: "delete" | "queue" | "dead" | "rewrite",
    place: Place,
    moves: readonly { readonly job: StoredJob; readonly payload: Rewriting }[],
    ended = "deleted",
  ): Promise<number> {
    const { call, settings } = this.#context;
    let sum = 0;
    for (let start = 0; start < moves.length; start += SLICE) {
      const slice = moves.slice(start, start + SLICE);
      const items = await this.#items(deed, place, slice);
      const { count } =
        items.length === 0
          ? { count: 0 }
          : await call<{ count: number }>(
              "manage jobs",
              "manage_1($1::text, $2::text, $3::text, $4::text, $5::int, $6::float8)",
              [
                deed,
                JSON.stringify(place),
                JSON.stringify(items),
                ended,
                settings.deadMaxJobs,
                settings.deadTimeout,
              ],
            );
      sum += count;
    }
    return sum;
  }

  async #items(
    deed: string,
    place: Place,
    moves: readonly { readonly job: StoredJob; readonly payload: Rewriting }[],
  ): Promise<readonly Item[]> {
    const jids = moves.flatMap(({ job }) => job.jid ?? []);
    const rows = await rowsOf(place, textArray(jids), this.#context);
    const byJid = new Map(rows.map((row) => [row["jid"], row]));
    return moves.flatMap(({ job, payload }) => {
      const row = byJid.get(job.jid);
      const isThere = row !== undefined && storedJob(row, this.#context).payload === job.payload;
      const after = isThere ? payload(job.payload) : undefined;
      if (!isThere || job.jid === undefined || (after === undefined && deed !== "delete")) {
        return [];
      }
      return {
        jid: job.jid,
        pos: Number(row["pos"]),
        before: String(row["payload"]),
        payload: after,
      };
    });
  }
}
