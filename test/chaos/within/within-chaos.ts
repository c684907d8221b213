import { PostgresAdapter } from "mandate/postgres";
import pg from "pg";
import { silentLogger } from "../../../src/support/logger.ts";
import { PostgresServer } from "../../support/postgres-server.ts";
import { Fleet } from "../fleet.ts";
import { countLeft } from "../places.ts";
import { Random } from "../random.ts";
import { TABLES } from "./count.ts";

export interface WithinReport {
  /** Transactions that were committed with a job. */
  readonly wanted: number;
  /** Of which the job's own was committed. */
  readonly done: number;
  /** What the counter says. */
  readonly counted: number;
  /** Jobs that are done and were not wanted, or wanted and not done, or done twice. */
  readonly wrong: readonly string[];
  /** Of how many three workers died, so that they were tried again from the dead set. */
  readonly retried: number;
  readonly kills: number;
  /** Connections that were ended. */
  readonly ended: number;
}

/** Processes that defer in transactions, and workers that end jobs in some; both are killed. */
export class WithinChaos {
  readonly random: Random;
  readonly #server: PostgresServer;
  readonly #senders: Fleet;
  readonly #workers: Fleet;
  readonly #adapter: PostgresAdapter;
  readonly #client: pg.Client;
  #ended = 0;
  #retried = 0;

  static async start(
    seed: number,
    { leaseTtl }: { readonly leaseTtl: number },
  ): Promise<WithinChaos> {
    // What it says is committed is on the disk.
    const server = await PostgresServer.start({ fsync: "on", synchronous_commit: "on" });
    const client = new pg.Client({ connectionString: server.url, application_name: "judge" });
    await client.connect();
    await client.query(TABLES);
    const adapter = new PostgresAdapter({ connectionString: server.url, logger: silentLogger });
    await adapter.migrate();
    const shared = { url: server.url, leaseTtl, concurrency: 4, size: 2 };
    const workers = await Fleet.start({ ...shared, program: "within-worker.ts" });
    const senders = await Fleet.start({ ...shared, program: "within-sender.ts" });
    return new WithinChaos(new Random(seed), { server, senders, workers, adapter, client });
  }

  private constructor(
    random: Random,
    parts: {
      readonly server: PostgresServer;
      readonly senders: Fleet;
      readonly workers: Fleet;
      readonly adapter: PostgresAdapter;
      readonly client: pg.Client;
    },
  ) {
    this.random = random;
    this.#server = parts.server;
    this.#senders = parts.senders;
    this.#workers = parts.workers;
    this.#adapter = parts.adapter;
    this.#client = parts.client;
  }

  /** How many transactions were committed with a job so far. */
  async wanted(): Promise<number> {
    return this.#count("SELECT count(*)::int AS n FROM wanted");
  }

  /** kill -9 of a sender or of a worker, which another replaces. */
  async kill(): Promise<void> {
    const fleet = this.random.chance(0.5) ? this.#senders : this.#workers;
    const victim = this.random.of(fleet.working);
    if (victim === undefined) throw new Error("Expected a process");
    await fleet.kill(victim, () => Promise.resolve());
  }

  /** Ends a connection of any of them. */
  async endConnection(): Promise<void> {
    const { rows } = await this.#client.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> 'judge' ORDER BY pid",
    );
    await this.#client.query("SELECT pg_terminate_backend($1)", [this.random.of(rows)?.pid]);
    this.#ended += 1;
  }

  /** Lets all that was deferred come to its end, and compares. */
  async finish(): Promise<WithinReport> {
    await this.#senders.stop();
    const { store } = this.#adapter;
    await this.#workers.workOff(async () => (await this.#retryLost()) + (await countLeft(store)));
    const { rows } = await this.#client.query<{ id: string; many: number; is_wanted: boolean }>(`
      SELECT coalesce(w.id, d.id) AS id, coalesce(d.many, 0) AS many, w.id IS NOT NULL AS is_wanted
        FROM wanted w FULL JOIN (SELECT id, count(*)::int AS many FROM done GROUP BY id) d ON d.id = w.id
       WHERE w.id IS NULL OR d.many IS DISTINCT FROM 1 ORDER BY 1`);
    return {
      wanted: await this.wanted(),
      done: await this.#count("SELECT count(*)::int AS n FROM done"),
      counted: await this.#count("SELECT value AS n FROM counter"),
      wrong: rows.map(
        (row) => `${row.id}: ${row.is_wanted ? "" : "not "}wanted, done ${row.many} times`,
      ),
      retried: this.#retried,
      kills: this.#senders.killed.length + this.#workers.killed.length,
      ended: this.#ended,
    };
  }

  /** Those that were dead since three workers died with them, which an operator tries again. */
  async #retryLost(): Promise<number> {
    const { store } = this.#adapter;
    const { jobs } = await store.page({ set: "dead" }, undefined, 100);
    const lost = jobs.filter(({ payload }) => payload.includes('"error_class":"JobLostError"'));
    for (const job of lost) {
      this.#retried += Number(await store.move({ set: "dead" }, job, "queue", job.payload));
    }
    return lost.length;
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#senders.dispose(), this.#workers.dispose()]);
    await this.#adapter.close();
    await this.#client.end();
    await this.#server.dispose();
  }

  async #count(sql: string): Promise<number> {
    const { rows } = await this.#client.query<{ n: number }>(sql);
    return rows[0]?.n ?? NaN;
  }
}
