import { setTimeout as sleep } from "node:timers/promises";
import { configure } from "mandate";
import { PostgresAdapter } from "mandate/postgres";
import pg from "pg";
import { queueKey } from "../../../src/adapters/hold.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { PostgresServer } from "../../support/postgres-server.ts";
import type { Child } from "../child.ts";
import { Fleet } from "../fleet.ts";
import { LIMIT, LIMITED } from "../job-holds.ts";
import { readLedgers } from "../ledger.ts";
import { Load } from "../load.ts";
import { countLeft, deadOf, heldBy } from "../places.ts";
import { Random } from "../random.ts";
import { judge, type Verdict } from "../verdict.ts";

const BATCH = 250;

export interface PostgresChaosOptions {
  readonly seed: number;
  /** Jobs at least. */
  readonly jobs: number;
  /** Worker processes. */
  readonly workers: number;
  /** Seconds. */
  readonly leaseTtl: number;
}

export interface PostgresReport extends Verdict {
  readonly jobs: number;
  readonly kills: number;
  readonly restarts: number;
  /** Connections that were ended. */
  readonly ended: number;
  /** How often jobs were sent again that may have been accepted. */
  readonly sentAgain: number;
  /** Jobs that were with a worker when it was killed, or when Postgres was away for too long, or that a silent one ran. */
  readonly inFlight: number;
  /** Workers that say that they lost their lease. */
  readonly silent: number;
}

/**
 * Workers of one Postgres, each in a process of its own, and a load on them: what could not be
 * enqueued is sent again until it is, so that nothing is uncertain in the end.
 */
export class PostgresChaos {
  readonly random: Random;
  readonly #options: PostgresChaosOptions;
  readonly #server: PostgresServer;
  readonly #fleet: Fleet;
  readonly #load: Load;
  readonly #adapter: PostgresAdapter;
  readonly #inFlight = new Map<string, number>();
  readonly #problems: string[] = [];
  #restarts = 0;
  #ended = 0;
  #sentAgain = 0;
  #isEnough = false;
  #isOver = false;
  readonly #sending: Promise<void>;

  static async start(options: PostgresChaosOptions): Promise<PostgresChaos> {
    // What it says is committed is on the disk.
    const server = await PostgresServer.start({ fsync: "on", synchronous_commit: "on" });
    const { leaseTtl, workers: size } = options;
    const adapter = new PostgresAdapter({ connectionString: server.url, logger: silentLogger });
    await adapter.holds.limit(queueKey(LIMITED), { to: LIMIT });
    const fleet = await Fleet.start({
      url: server.url,
      leaseTtl,
      size,
      concurrency: 4,
      program: "postgres-worker.ts",
    });
    return new PostgresChaos(options, { server, fleet, adapter });
  }

  private constructor(
    options: PostgresChaosOptions,
    parts: {
      readonly server: PostgresServer;
      readonly fleet: Fleet;
      readonly adapter: PostgresAdapter;
    },
  ) {
    this.#options = options;
    this.#server = parts.server;
    this.#fleet = parts.fleet;
    this.#adapter = parts.adapter;
    this.random = new Random(options.seed);
    this.#load = new Load(new Random(options.seed + 1));
    configure({ adapter: this.#adapter });
    this.#sending = this.#send();
  }

  /** How many jobs were enqueued so far. */
  get sent(): number {
    return this.#load.sent.length;
  }

  /** kill -9 of one, which another replaces. */
  async kill(): Promise<void> {
    const victim = this.random.of(this.#fleet.working);
    if (victim === undefined) {
      throw new Error("Expected a worker");
    }
    await this.#fleet.kill(victim, () => this.#noteInFlight(victim));
  }

  /** Ends a connection: of a worker, or of whoever enqueues. */
  async endConnection(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#server.url });
    await client.connect();
    const { rows } = await client.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY pid",
    );
    await client.query("SELECT pg_terminate_backend($1)", [this.random.of(rows)?.pid]);
    await client.end();
    this.#ended += 1;
  }

  /** As an operator restarts it, or as a power cut does. */
  async restart(): Promise<void> {
    const began = performance.now();
    const before = await this.#heldByAll();
    const signal = this.#restarts % 2 === 0 ? "SIGKILL" : "SIGINT";
    this.#restarts += 1;
    await this.#server.restart(signal, this.random.below(500));
    // On a busy machine it may take so long that leases run out.
    if (performance.now() - began > this.#options.leaseTtl * 500) {
      this.#note(new Set([...before, ...(await this.#heldByAll())]));
    }
  }

  /** Lets all that was enqueued come to its end, ends the workers, and looks at what is left. */
  async finish(): Promise<PostgresReport> {
    this.#isEnough = true;
    await this.#sending;
    const { store } = this.#adapter;
    await this.#fleet.workOff(() => surely(() => countLeft(store)));
    const { sent, uncertain } = this.#load;
    const numbers = new Map(sent.map(({ jid, number }) => [jid, number]));
    const silent = this.#fleet.all.filter(({ output }) =>
      output.includes("was silent for too long"),
    );
    // What such a worker ran then, another runs too. When that was, nobody knows.
    for (const { ledger } of silent) {
      const ran = readLedgers([ledger]);
      this.#note(sent.filter(({ number }) => ran.has(number)).map(({ jid }) => jid));
    }
    const verdict = judge({
      sent,
      uncertain,
      stories: readLedgers(this.#fleet.ledgers),
      inFlight: new Map([...this.#inFlight].map(([jid, times]) => [numbers.get(jid) ?? -1, times])),
      dead: await deadOf(store, numbers),
      refused: new Map(),
      discarded: new Set(),
    });
    return {
      ...verdict,
      problems: [...this.#problems, ...verdict.problems],
      jobs: sent.length,
      kills: this.#fleet.killed.length,
      restarts: this.#restarts,
      ended: this.#ended,
      sentAgain: this.#sentAgain,
      silent: silent.length,
      inFlight: [...this.#inFlight.values()].reduce((sum, times) => sum + times, 0),
    };
  }

  async dispose(): Promise<void> {
    this.#isEnough = true;
    this.#isOver = true;
    await this.#sending;
    await this.#fleet.dispose();
    await this.#adapter.close();
    await this.#server.dispose();
  }

  async #send(): Promise<void> {
    const { jobs } = this.#options;
    const { store } = this.#adapter;
    while (!this.#isOver && (this.#load.sent.length < jobs || !this.#isEnough)) {
      const waiting = await surely(() => store.size({ queue: "default" }));
      const error =
        waiting < 4 * BATCH ? await this.#load.send(BATCH, () => this.#tryAgain()) : undefined;
      if (error !== undefined) {
        this.#problems.push(`Enqueueing failed: ${error.message}`);
      }
      await sleep(20);
    }
  }

  async #tryAgain(): Promise<boolean> {
    this.#sentAgain += 1;
    await sleep(100);
    return !this.#isOver;
  }

  async #noteInFlight({ pid }: Child): Promise<void> {
    this.#note(await surely(() => heldBy(this.#adapter.store, pid)));
  }

  #note(jids: Iterable<string>): void {
    for (const jid of jids) {
      this.#inFlight.set(jid, (this.#inFlight.get(jid) ?? 0) + 1);
    }
  }

  async #heldByAll(): Promise<string[]> {
    const held = this.#fleet.working.map(({ pid }) =>
      surely(() => heldBy(this.#adapter.store, pid)),
    );
    return (await Promise.all(held)).flat();
  }
}

/** Asks until there is an answer: for half a minute. */
async function surely<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 300; ; tries -= 1) {
    try {
      return await ask();
    } catch (error) {
      if (tries === 0) throw error;
      await sleep(100);
    }
  }
}
