import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Batch, BatchClosedError, configure, type Adapter } from "mandate";
import { silentLogger } from "../../../src/support/logger.ts";
import type { RedisServer } from "../../support/redis-server.ts";
import { Fleet } from "../fleet.ts";
import { Inspector } from "../inspector.ts";
import { insist } from "../insist.ts";
import { Random } from "../random.ts";
import { impatientAdapter } from "./impatient-adapter.ts";
import { readLost } from "./history.ts";
import { judge } from "./judge.ts";
import { tree } from "./members.ts";
import { note, noteIn } from "./notes.ts";
import { Survey, type KeptJob } from "./survey.ts";

export interface BatchCourse {
  readonly server: RedisServer;
  readonly seed: number;
  readonly trees: number;
  readonly kills: number;
  /** How deep batches are in others, at most. */
  readonly depth: number;
  /** Whether Redis itself is killed too; it is to keep all that it has answered. */
  readonly restarts?: boolean;
}

export interface Report {
  readonly batches: number;
  readonly jobs: number;
  readonly incomplete: number;
  readonly cancelled: number;
  readonly revived: number;
  /** Jobs that living workers lost. */
  readonly lost: number;
  readonly problems: readonly string[];
}

/** Has workers go through trees of batches while they are killed, and judges what they noted. */
export class BatchChaos {
  readonly #course: BatchCourse;
  readonly #folder: string;
  readonly #fleet: Fleet;
  readonly #adapter: Adapter;
  readonly #survey: Survey;
  readonly #inspector: Inspector;
  readonly #random: Random;
  readonly #inFlight = new Map<string, number>();
  readonly #died = new Map<string, KeptJob>();
  readonly #deleted = new Set<string>();
  #cancelled = 0;
  #revived = 0;

  static async run(course: BatchCourse): Promise<Report> {
    const folder = mkdtempSync(join(tmpdir(), "mandate-batches-"));
    const fleet = await Fleet.start({
      url: course.server.url,
      leaseTtl: 5,
      concurrency: 4,
      program: "batches-worker.ts",
      environment: () => ({ PARDON: join(folder, "pardon") }),
    });
    const chaos = new BatchChaos(course, folder, fleet);
    try {
      return await chaos.#run();
    } finally {
      await chaos.#dispose();
    }
  }

  private constructor(course: BatchCourse, folder: string, fleet: Fleet) {
    const { url } = course.server;
    this.#course = course;
    this.#folder = folder;
    this.#fleet = fleet;
    this.#random = new Random(course.seed);
    this.#survey = new Survey(url);
    this.#inspector = new Inspector(url);
    this.#adapter = impatientAdapter({ url, logger: silentLogger });
    configure({ adapter: this.#adapter });
    noteIn(openSync(this.#ledger, "a"));
  }

  get #ledger(): string {
    return join(this.#folder, "ledger");
  }

  async #run(): Promise<Report> {
    const { trees, kills } = this.#course;
    for (let made = 0; made < trees; made += 1) {
      await this.#grow();
      await this.#disturb(made);
      // So many are left for when the dead come back.
      if (made % Math.ceil(trees / Math.ceil(kills / 2)) === 0) await this.#kill();
    }
    await this.#rest();
    await this.#bringBack();
    for (let more = 0; more < Math.floor(kills / 2); more += 1) {
      await this.#kill();
      await sleep(this.#random.next() * 200);
    }
    await this.#rest();
    await this.#fleet.stop();
    return this.#judge();
  }

  async #grow(): Promise<void> {
    try {
      await tree(this.#course.depth);
    } catch (error) {
      // The machine was too busy to keep it open: it is incomplete then.
      if (!(error instanceof BatchClosedError)) throw error;
    }
  }

  /** What operators and networks do. */
  async #disturb(made: number): Promise<void> {
    const random = this.#random;
    if (random.chance(0.3)) {
      await this.#inspector.breakConnection((ids) => random.of(ids));
    }
    if (random.chance(0.2)) {
      await this.#cancelOne();
    }
    if (random.chance(0.5)) {
      await this.#takeOneAway();
    }
    if (this.#course.restarts === true && made % 40 === 39) {
      const { server } = this.#course;
      await server.kill("SIGKILL");
      await server.run();
    }
  }

  async #cancelOne(): Promise<void> {
    const alive = (await this.#survey.statuses()).filter(({ pending }) => pending > 0);
    const chosen = this.#random.of(alive);
    if (chosen !== undefined) {
      this.#cancelled += 1;
      await insist(async () => (await Batch.find(chosen.id))?.cancel());
    }
  }

  async #takeOneAway(): Promise<void> {
    const scheduled = (await this.#survey.scheduled()).filter(isMember);
    const { jid, batch } = this.#random.of(scheduled) ?? {};
    if (jid === undefined || batch === undefined) {
      return;
    }
    note(jid, batch, "left");
    const { store } = this.#adapter;
    const place = { set: "scheduled" } as const;
    const stored = await insist(() => store.find(place, jid));
    if (stored !== undefined && this.#random.chance(0.5)) {
      await insist(() => store.delete(place, stored));
    } else {
      await insist(() => store.cancel(jid));
    }
  }

  async #kill(): Promise<void> {
    const victim = this.#random.of(this.#fleet.working);
    if (victim === undefined) {
      throw new Error("Expected a worker");
    }
    await this.#fleet.kill(victim, async () => {
      for (const { jid } of await this.#survey.heldBy(victim)) this.#mayRunAgain(jid);
    });
  }

  #mayRunAgain(jid: string): void {
    this.#inFlight.set(jid, (this.#inFlight.get(jid) ?? 0) + 1);
  }

  /** Until nothing moves any more. */
  async #rest(): Promise<void> {
    while (!(await this.#survey.isQuiet())) await sleep(100);
    for (const job of await this.#survey.dead()) this.#died.set(job.jid, job);
  }

  /** Dead jobs of most batches are retried, and done then; those of some are deleted, or stay. */
  async #bringBack(): Promise<void> {
    writeFileSync(join(this.#folder, "pardon"), "");
    const ids = new Set([...this.#died.values()].flatMap(({ batch }) => batch ?? []));
    const dead = { set: "dead" } as const;
    for (const id of ids) {
      if (this.#random.chance(0.6)) {
        this.#revived += (await (await Batch.find(id))?.retryDead()) ?? 0;
      } else if (this.#random.chance(0.5)) {
        for (const { jid } of [...this.#died.values()].filter(({ batch }) => batch === id)) {
          const stored = await this.#adapter.store.find(dead, jid);
          if (stored !== undefined && (await this.#adapter.store.delete(dead, stored))) {
            this.#deleted.add(jid);
          }
        }
      }
    }
  }

  async #judge(): Promise<Report> {
    const statuses = await this.#survey.statuses();
    const dead = await this.#survey.dead();
    const lost = [...this.#died.values()].filter(
      ({ error_class: name }) => name !== undefined && name !== "Error",
    );
    const ledgers = [...this.#fleet.ledgers, this.#ledger];
    const lostAlive = readLost(ledgers);
    lostAlive.forEach((jid) => this.#mayRunAgain(jid));
    const problems = judge({
      ledgers,
      statuses,
      died: new Set(this.#died.keys()),
      dead: new Set([...dead.map(({ jid }) => jid), ...this.#deleted]),
      lost: new Set(lost.map(({ jid }) => jid)),
      inFlight: this.#inFlight,
    });
    return {
      batches: statuses.length,
      jobs: statuses.reduce((sum, { total }) => sum + total, 0),
      incomplete: statuses.filter(({ incomplete }) => incomplete).length,
      cancelled: this.#cancelled,
      revived: this.#revived,
      lost: lostAlive.length,
      problems,
    };
  }

  async #dispose(): Promise<void> {
    await this.#fleet.dispose();
    this.#survey.close();
    this.#inspector.close();
    await this.#adapter.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Whether a batch counts it: callbacks are of one too. */
function isMember({ batch, batch_event: event }: KeptJob): boolean {
  return batch !== undefined && event === undefined;
}
