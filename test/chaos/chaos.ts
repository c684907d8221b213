import { setTimeout as sleep } from "node:timers/promises";
import { configure } from "mandate";
import { queueKey } from "../../src/adapters/hold.ts";
import { silentLogger } from "../../src/support/logger.ts";
import type { RedisServer } from "../support/redis-server.ts";
import type { Child } from "./child.ts";
import { ClassLoad } from "./class-load.ts";
import { HoldingAdapter } from "./holding-adapter.ts";
import { Fleet } from "./fleet.ts";
import { Inspector } from "./inspector.ts";
import { LIMIT, LIMITED } from "./job-holds.ts";
import { readLedgers } from "./ledger.ts";
import { Load } from "./load.ts";
import { Marks, type Excess } from "./marks.ts";
import { Random } from "./random.ts";
import { RecordingAdapter } from "./recording-adapter.ts";
import { faultsOfRates } from "./rates.ts";
import { judge, type Verdict } from "./verdict.ts";

/** So many wait in the queue as a rule: enough to keep workers busy, whatever is done to some. */
const WAITING = 1_000;
const BATCH = 250;

export interface ChaosOptions {
  readonly server: RedisServer;
  readonly seed: number;
  /** Jobs at least. */
  readonly jobs: number;
  /** Seconds. */
  readonly leaseTtl: number;
  /** What holds jobs back: holds that the adapter gives them, or guards that their classes declare. @default "holds" */
  readonly load?: "holds" | "classes";
}

export interface Report extends Verdict {
  readonly jobs: number;
  readonly kills: number;
  readonly stops: number;
  /** Jobs that were with a worker when it was killed, or stopped for too long. */
  readonly inFlight: number;
  /** Times at which as many jobs were known as were in one place or another. */
  readonly audits: number;
  readonly uncertain: number;
  /** Times at which more jobs ran than a key lets, because a lease was lost. */
  readonly excesses: number;
  readonly seconds: number;
}

/** Workers in processes of their own, a load on them, and what is done to them meanwhile. */
export class Chaos {
  readonly random: Random;
  readonly #options: ChaosOptions;
  readonly #fleet: Fleet;
  readonly #load: Load;
  readonly #adapter: RecordingAdapter;
  readonly #inspector: Inspector;
  readonly #marks: Marks;
  readonly #inFlight = new Map<number, number>();
  readonly #problems: string[] = [];
  readonly #began = performance.now();
  /** Worker → how often it may have lost its lease. */
  readonly #excused = new Map<Child, number>();
  /** Nothing more will be done to workers: the load may end. */
  #isEnough = false;
  #isOver = false;
  #sending: Promise<void> | undefined;
  #audits = 0;
  #stops = 0;

  static async start(options: ChaosOptions): Promise<Chaos> {
    const { url } = options.server;
    const fleet = await Fleet.start({ url, leaseTtl: options.leaseTtl, concurrency: 8 });
    const chaos = new Chaos(options, fleet);
    await chaos.#adapter.holds.limit(queueKey(LIMITED), { to: LIMIT });
    chaos.#sending = chaos.#send();
    return chaos;
  }

  private constructor(options: ChaosOptions, fleet: Fleet) {
    this.#options = options;
    this.#fleet = fleet;
    this.random = new Random(options.seed);
    const { load = "holds", server } = options;
    const AnyLoad = load === "holds" ? Load : ClassLoad;
    this.#load = new AnyLoad(new Random(options.seed + 1));
    const AnyAdapter = load === "holds" ? HoldingAdapter : RecordingAdapter;
    this.#adapter = new AnyAdapter({ url: server.url, logger: silentLogger });
    configure({ adapter: this.#adapter });
    this.#inspector = new Inspector(options.server.url);
    this.#marks = new Marks(options.server.url);
  }

  /** So many jobs were enqueued. */
  get sent(): number {
    return this.#load.sent.length;
  }

  /** kill -9 of one of three, which another replaces. */
  async kill(): Promise<void> {
    const victim = this.#pick();
    await this.#fleet.kill(victim, async () => {
      await this.#noteInFlight(victim);
      await this.#marks.forget(victim.pid);
    });
    await this.#audit();
  }

  /** SIGSTOP, SIGCONT. Longer than a lease lasts, its jobs go to others, and what it says of them comes too late. */
  async stop(seconds: number): Promise<void> {
    const victim = this.#pick();
    this.#stops += 1;
    victim.signal("SIGSTOP");
    if (seconds >= this.#options.leaseTtl / 2) {
      this.#excuse(victim);
      // What it sent before has arrived by then, and fetched jobs that it will start when it goes on.
      await sleep(200);
      await this.#noteInFlight(victim);
    }
    await sleep(seconds * 1000);
    victim.signal("SIGCONT");
    await this.#audit();
  }

  /** Ends one as a deploy does. */
  async deploy(): Promise<void> {
    await this.#fleet.replace(this.#pick());
    await this.#audit();
  }

  async restartRedis(): Promise<void> {
    const { server, leaseTtl } = this.#options;
    const began = performance.now();
    await server.kill("SIGKILL");
    await sleep(this.random.next() * 500);
    await server.run();
    // On a busy machine it may take so long that leases run out.
    if (performance.now() - began > leaseTtl * 500) {
      for (const child of this.#fleet.working) {
        this.#excuse(child);
        await this.#noteInFlight(child);
      }
    }
    await this.#audit();
  }

  async breakConnection(): Promise<void> {
    await this.#inspector.breakConnection((ids) => this.random.of(ids));
    await this.#audit();
  }

  /** Lets all that was enqueued come to its end, ends the workers, and looks at what is left. */
  async finish(): Promise<Report> {
    this.#isEnough = true;
    await this.#sending;
    for (let counts = await this.#inspector.counts(); counts.known > counts.dead;) {
      await sleep(100);
      counts = await this.#inspector.counts();
    }
    // One that was killed while it had no job is recovered from once its lease has run out.
    while ((await this.#inspector.leases()) > this.#fleet.working.length) {
      await sleep(100);
    }
    await this.#fleet.stop();
    await this.#adapter.holds.limit(queueKey(LIMITED), { to: Infinity });
    await this.#inspector.forgetLimit(queueKey(LIMITED));
    const excesses = await this.#marks.excesses();
    const leftovers = await this.#inspector.leftovers();
    const { sent, uncertain } = this.#load;
    const stories = readLedgers(this.#fleet.ledgers);
    const dead = await this.#inspector.dead();
    const inFlight = this.#inFlight;
    const verdict = judge({
      sent,
      uncertain,
      stories,
      inFlight,
      dead,
      refused: this.#adapter.refused,
      discarded: await this.#inspector.discarded(),
    });
    return {
      ...verdict,
      problems: [
        ...this.#problems,
        ...this.#leasesLost(),
        ...leftovers.map((key) => `${key} is left`),
        ...excesses.filter((excess) => !this.#isExcused(excess)).map(describe),
        ...faultsOfRates(sent, stories),
        ...verdict.problems,
      ],
      jobs: sent.length,
      kills: this.#fleet.killed.length,
      stops: this.#stops,
      inFlight: [...inFlight.values()].reduce((total, times) => total + times, 0),
      audits: this.#audits,
      uncertain: uncertain.size,
      excesses: excesses.filter((excess) => this.#isExcused(excess)).length,
      seconds: (performance.now() - this.#began) / 1000,
    };
  }

  async dispose(): Promise<void> {
    this.#isOver = true;
    await this.#sending;
    await this.#fleet.dispose();
    this.#inspector.close();
    this.#marks.close();
    await this.#adapter.close();
  }

  /** Keeps the workers busy until all was sent that has to be. */
  async #send(): Promise<void> {
    const { jobs } = this.#options;
    while (!this.#isOver && (this.sent < jobs || !this.#isEnough)) {
      const { enqueued } = await this.#inspector.counts();
      const error = enqueued < WAITING ? await this.#load.send(BATCH) : undefined;
      if (error !== undefined) {
        this.#problems.push(`Enqueueing failed: ${error.message}`);
      }
      await sleep(enqueued < WAITING / 2 ? 0 : 50);
    }
  }

  #excuse(child: Child): void {
    this.#excused.set(child, (this.#excused.get(child) ?? 0) + 1);
  }

  #pick(): Child {
    const victim = this.random.of(this.#fleet.working);
    if (victim === undefined) {
      throw new Error("Expected a worker");
    }
    return victim;
  }

  async #noteInFlight({ pid }: Child): Promise<void> {
    for (const number of await this.#inspector.heldBy(pid)) {
      this.#inFlight.set(number, (this.#inFlight.get(number) ?? 0) + 1);
    }
  }

  /** As many jobs are known as are in one place or another, at any time. */
  async #audit(): Promise<void> {
    const { known, placed } = await this.#inspector.counts();
    this.#audits += 1;
    if (known !== placed) {
      this.#problems.push(`${known} jobs were known, and ${placed} in one place or another`);
    }
    this.#problems.push(...(await this.#inspector.strays()));
  }

  /** Whether one of those that ran beyond a limit may have lost its lease while its code went on. */
  #isExcused({ pids }: Excess): boolean {
    return [...this.#excused.keys()].some(({ pid }) => pids.includes(pid));
  }

  /** Workers that were taken for dead and were not: jobs run twice then, and the machine is to blame. */
  #leasesLost(): string[] {
    return [...this.#fleet.working, ...this.#fleet.killed].flatMap((child) => {
      const lost = child.output.split("was silent for too long").length - 1;
      const excused = this.#excused.get(child) ?? 0;
      return lost <= excused
        ? []
        : `worker ${child.pid} lost its lease ${lost} times, and was stopped for long ${excused} times`;
    });
  }
}

function describe({ key, pids }: Excess): string {
  return `${pids.length} jobs of ${key} ran at once, in ${pids.join(", ")}`;
}
