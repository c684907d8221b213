import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { FetchedJob } from "../../adapters/adapter.ts";
import { dead, done, nameOf, release, requeue } from "../jobs.ts";
import type { Rig } from "../rig.ts";
import type { TestLease } from "../test-lease.ts";
import { FairModel, type FairJob } from "./fair-model.ts";

const KEYS = ["a", "b", "c", undefined] as const;
const PRIORITIES = [0, 0, 0, -2, 3] as const;
const QUEUE = { queue: "default" };

/** Numbers stand for one of those there are, so that any number will do. */
export type FairOperation =
  | { readonly op: "enqueue"; readonly jobs: readonly { key: number; priority: number }[] }
  | { readonly op: "fetch"; readonly worker: number; readonly limit: number }
  | { readonly op: "settle"; readonly worker: number; readonly job: number; readonly kind: Ended }
  | { readonly op: "close" | "die"; readonly worker: number }
  | { readonly op: "delete" | "run"; readonly job: number }
  | { readonly op: "clear" | "pause" | "resume" };

type Ended = "done" | "requeue" | "dead" | "release";

interface Worker {
  readonly lease: TestLease;
  held: { readonly job: FairJob; readonly receipt: FetchedJob }[];
}

/** An adapter, and the model of who comes when. */
export class FairGame {
  readonly #rig: Rig;
  readonly #model = new FairModel();
  readonly #workers = new Map<number, Worker>();
  readonly #trace: string[] = [];
  #count = 0;
  #isPaused = false;

  private constructor(rig: Rig) {
    this.#rig = rig;
  }

  /** A worker serves the queue all along. */
  static async open(rig: Rig): Promise<FairGame> {
    const game = new FairGame(rig);
    game.#workers.set(0, { lease: await rig.lease(), held: [] });
    return game;
  }

  /** Plays operations on both, then works until nothing is left. */
  async play(operations: readonly FairOperation[]): Promise<void> {
    for (const operation of operations) {
      await this.#apply(operation);
      this.#same("size", await this.#rig.store.size(QUEUE), this.#model.waiting.length);
    }
    await this.#resume();
    for (const number of [...this.#workers.keys()].filter((each) => each !== 0)) {
      await this.#lose(number, "close");
    }
    while (this.#model.waiting.length > 0) {
      await this.#fetch(0, 3);
      for (let left = this.#workers.get(0)?.held.length ?? 0; left > 0; left -= 1) {
        await this.#settle({ op: "settle", worker: 0, job: 0, kind: "done" });
      }
    }
    this.#same("size", await this.#rig.store.size(QUEUE), 0);
  }

  async #apply(operation: FairOperation): Promise<void> {
    switch (operation.op) {
      case "enqueue":
        return this.#enqueue(operation.jobs);
      case "fetch":
        return this.#fetch(operation.worker, operation.limit);
      case "settle":
        return this.#settle(operation);
      case "close":
      case "die":
        return operation.worker === 0 ? undefined : this.#lose(operation.worker, operation.op);
      case "delete":
      case "run":
        return this.#manage(operation.op, operation.job);
      case "clear":
        this.#trace.push("clear");
        this.#same("cleared", await this.#rig.store.clear(QUEUE), this.#model.clear());
        return;
      case "pause":
        this.#trace.push("pause");
        this.#isPaused = true;
        return this.#rig.store.pause("default");
      default:
        return this.#resume();
    }
  }

  async #resume(): Promise<void> {
    this.#trace.push("resume");
    this.#isPaused = false;
    await this.#rig.store.resume("default");
  }

  async #enqueue(jobs: readonly { key: number; priority: number }[]): Promise<void> {
    const added = jobs.map(({ key: number, priority: place }) => {
      this.#count += 1;
      const key = KEYS[number];
      const priority = PRIORITIES[place] ?? 0;
      const name = `${key ?? "x"}${this.#count}`;
      this.#trace.push(`enqueue ${name}, priority ${priority}`);
      return this.#model.add(name, key, priority);
    });
    const entries = added.map(({ name, key, priority }) =>
      this.#rig.entry(name, { priority, ...(key !== undefined && { fairKey: key }) }),
    );
    await this.#rig.adapter.enqueue(await Promise.all(entries));
  }

  async #fetch(number: number, limit: number): Promise<void> {
    const worker = await this.#worker(number);
    this.#trace.push(`worker ${number}: fetch ${limit}`);
    const receipts = await worker.lease.fetch(limit);
    const names = receipts.map(({ payload }) => nameOf(payload));
    this.#trace.push(`(it gets ${names.join(" ")})`);
    const count = this.#isPaused ? 0 : Math.min(limit, this.#model.waiting.length);
    this.#same("how many are fetched", names.length, count);
    const wrong = this.#model.handOut(names);
    this.#same("those that come first", wrong, undefined);
    for (const receipt of receipts) {
      const job = this.#model.jobs.get(nameOf(receipt.payload));
      if (job !== undefined) worker.held.push({ job, receipt });
    }
  }

  async #settle({ worker: number, job: which, kind }: Settling): Promise<void> {
    const worker = await this.#worker(number);
    const held = worker.held[which % worker.held.length];
    if (held === undefined) {
      return;
    }
    const { job, receipt } = held;
    this.#trace.push(`worker ${number}: ${kind} ${job.name}`);
    worker.held = worker.held.filter((other) => other !== held);
    this.#model.settle(job, kind);
    const outcome = { done, dead, release, requeue: (it: FetchedJob) => requeue(it) }[kind];
    await worker.lease.settle(outcome(receipt));
  }

  /** A worker ends, and what it held comes back. */
  async #lose(number: number, how: "close" | "die"): Promise<void> {
    const worker = await this.#worker(number);
    this.#trace.push(`worker ${number}: ${how}`);
    this.#workers.delete(number);
    if (how === "close") {
      await worker.lease.close();
    } else {
      await this.#rig.die(worker.lease);
      await this.#rig.adapter.recover();
    }
    for (const { job } of worker.held.toReversed()) {
      this.#model.comeBack(job, how === "die");
    }
  }

  async #manage(deed: "delete" | "run", which: number): Promise<void> {
    const { waiting } = this.#model;
    const job = waiting[which % waiting.length];
    if (job === undefined) {
      return;
    }
    this.#trace.push(`${deed} ${job.name}`);
    const stored = await this.#rig.find(QUEUE, job.name);
    this.#model.remove(job);
    if (deed === "delete") {
      this.#same("deleted", await this.#rig.store.delete(QUEUE, stored), true);
      return;
    }
    this.#model.enqueue(job);
    this.#same("moved", await this.#rig.store.move(QUEUE, stored, "queue", stored.payload), true);
  }

  async #worker(number: number): Promise<Worker> {
    const worker = this.#workers.get(number) ?? { lease: await this.#rig.lease(), held: [] };
    this.#workers.set(number, worker);
    return worker;
  }

  /** Where the two differ, all steps up to that are told. */
  #same(what: string, found: unknown, expected: unknown): void {
    const texts = `the adapter says ${JSON.stringify(found)}, the model ${JSON.stringify(expected)}`;
    deepStrictEqual(found, expected, `${what}: ${texts}, after:\n${this.#trace.join("\n")}`);
  }
}

type Settling = Extract<FairOperation, { op: "settle" }>;

const number = fc.nat({ max: 30 });
const worker = fc.nat({ max: 2 });

function only<Op extends FairOperation["op"]>(...ops: readonly Op[]): fc.Arbitrary<Op> {
  return fc.constantFrom(...ops);
}

const newJob = fc.record({
  key: fc.nat({ max: KEYS.length - 1 }),
  priority: fc.nat({ max: PRIORITIES.length - 1 }),
});
const kind = fc.constantFrom<Ended>("done", "done", "requeue", "dead", "release");

const operation: fc.Arbitrary<FairOperation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: only("enqueue"),
      jobs: fc.array(newJob, { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      op: only("fetch"),
      worker,
      limit: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ op: only("settle"), worker, job: number, kind }) },
  { weight: 1, arbitrary: fc.record({ op: only("close"), worker }) },
  { weight: 1, arbitrary: fc.record({ op: only("die"), worker }) },
  { weight: 1, arbitrary: fc.record({ op: only("delete", "run"), job: number }) },
  { weight: 1, arbitrary: fc.record({ op: only("clear", "pause", "resume", "resume") }) },
);

export const fairOperations: fc.Arbitrary<FairOperation[]> = fc.array(operation, {
  maxLength: 40,
  size: "max",
});
