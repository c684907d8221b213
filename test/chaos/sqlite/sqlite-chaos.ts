import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { configure } from "mandate";
import { SqliteAdapter } from "mandate/sqlite";
import { queueKey } from "../../../src/adapters/hold.ts";
import type { Child } from "../child.ts";
import { Fleet } from "../fleet.ts";
import { LIMIT, LIMITED } from "../job-holds.ts";
import { readLedgers } from "../ledger.ts";
import { Load } from "../load.ts";
import { countLeft, deadOf, heldBy } from "../places.ts";
import { Random } from "../random.ts";
import { judge, type Verdict } from "../verdict.ts";

const BATCH = 250;
export interface SqliteChaosOptions {
  readonly seed: number;
  /** Jobs at least. */
  readonly jobs: number;
  /** Worker processes. */
  readonly workers: number;
  /** Seconds. */
  readonly leaseTtl: number;
}

export interface SqliteReport extends Verdict {
  readonly jobs: number;
  readonly kills: number;
  /** Jobs that were with a worker when it was killed. */
  readonly inFlight: number;
}

/** Workers of one SQLite file, each in a process of its own, and a load on them. */
export class SqliteChaos {
  readonly random: Random;
  readonly #options: SqliteChaosOptions;
  readonly #folder: string;
  readonly #fleet: Fleet;
  readonly #load: Load;
  readonly #adapter: SqliteAdapter;
  readonly #inFlight = new Map<string, number>();
  readonly #problems: string[] = [];
  #isEnough = false;
  readonly #sending: Promise<void>;

  static async start(options: SqliteChaosOptions): Promise<SqliteChaos> {
    const folder = mkdtempSync(join(tmpdir(), "mandate-chaos-"));
    const url = `sqlite:${join(folder, "jobs.db")}`;
    const { leaseTtl, workers: size } = options;
    const adapter = new SqliteAdapter({ file: url });
    await adapter.holds.limit(queueKey(LIMITED), { to: LIMIT });
    const fleet = await Fleet.start({
      url,
      leaseTtl,
      size,
      concurrency: 4,
      program: "sqlite-worker.ts",
    });
    return new SqliteChaos(options, { folder, fleet, adapter });
  }

  private constructor(
    options: SqliteChaosOptions,
    parts: { readonly folder: string; readonly fleet: Fleet; readonly adapter: SqliteAdapter },
  ) {
    this.#options = options;
    this.#folder = parts.folder;
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

  /** Lets all that was enqueued come to its end, ends the workers, and looks at what is left. */
  async finish(): Promise<SqliteReport> {
    this.#isEnough = true;
    await this.#sending;
    await this.#fleet.workOff(() => countLeft(this.#adapter.store));
    const { sent, uncertain } = this.#load;
    const numbers = new Map(sent.map(({ jid, number }) => [jid, number]));
    const verdict = judge({
      sent,
      uncertain,
      stories: readLedgers(this.#fleet.ledgers),
      inFlight: new Map([...this.#inFlight].map(([jid, times]) => [numbers.get(jid) ?? -1, times])),
      dead: await deadOf(this.#adapter.store, numbers),
      refused: new Map(),
      discarded: new Set(),
    });
    return {
      ...verdict,
      problems: [...this.#problems, ...verdict.problems],
      jobs: sent.length,
      kills: this.#fleet.killed.length,
      inFlight: [...this.#inFlight.values()].reduce((sum, times) => sum + times, 0),
    };
  }

  async dispose(): Promise<void> {
    this.#isEnough = true;
    await this.#sending;
    await this.#fleet.dispose();
    await this.#adapter.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #send(): Promise<void> {
    const { jobs } = this.#options;
    while (this.#load.sent.length < jobs || !this.#isEnough) {
      const waiting = await this.#adapter.store.size({ queue: "default" });
      const error = waiting < 4 * BATCH ? await this.#load.send(BATCH) : undefined;
      if (error !== undefined) {
        this.#problems.push(`Enqueueing failed: ${error.message}`);
      }
      await sleep(20);
    }
  }

  async #noteInFlight({ pid }: Child): Promise<void> {
    for (const jid of await heldBy(this.#adapter.store, pid)) {
      this.#inFlight.set(jid, (this.#inFlight.get(jid) ?? 0) + 1);
    }
  }
}
