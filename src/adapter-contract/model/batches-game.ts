import type { Batches } from "../../adapters/batches.ts";
import type { FetchedJob, Outcome } from "../../adapters/adapter.ts";
import { addTo, openBatch } from "../batch-rig.ts";
import { dead, done, ended, nameOf, release, requeue, retry } from "../jobs.ts";
import type { Rig } from "../rig.ts";
import type { TestLease } from "../test-lease.ts";
import { BatchModel, type ModelJob } from "./batches-model.ts";

type Deed =
  | "open"
  | "add"
  | "close"
  | "done"
  | "discard"
  | "retry"
  | "dead"
  | "requeue"
  | "release"
  | "die"
  | "revive"
  | "deleteDead"
  | "deleteWaiting"
  | "cancel";

/** One step: what is done, and a number by which what it is done to is chosen. */
export type BatchStep = readonly [deed: Deed, choice: number];

/** Random deeds on a tree of batches, in a store and in a model of it. */
export class BatchGame {
  readonly rig: Rig;
  readonly batches: Batches;
  readonly model: BatchModel = new BatchModel();
  readonly #running = new Map<string, FetchedJob>();
  #lease: TestLease | undefined;
  #names = 0;

  constructor(rig: Rig, batches: Batches) {
    this.rig = rig;
    this.batches = batches;
  }

  async play(steps: readonly BatchStep[]): Promise<void> {
    for (const [deed, choice] of steps) {
      await DEEDS[deed](this, choice);
      await this.#compare(`${deed} ${choice}`);
    }
    await this.rig.releaseBlocked();
    const came = (await this.rig.names({ queue: "callbacks" })).toSorted();
    assertSame("callbacks", came, this.model.callbacks.toSorted());
  }

  async #compare(after: string): Promise<void> {
    for (const batch of this.model.batches) {
      const [state] = await this.batches.read([batch.id]);
      const found = state && {
        counts: [state.total, state.pending, state.untried, state.dead],
        is: [state.completedAt, state.diedAt, state.succeededAt, state.endedAt].map(
          (at) => at !== undefined,
        ),
      };
      assertSame(`batch ${batch.id} after ${after}`, found, this.model.expected(batch));
    }
  }

  newName(kind: string): string {
    this.#names += 1;
    return `${kind}${this.#names}`;
  }

  async open(choice: number): Promise<void> {
    const parent = choice % 3 === 0 ? undefined : pick(this.model.batches, choice);
    const id = this.newName("b");
    if (await openBatch(this, id, parent?.id)) this.model.open(id, parent);
    else if (parent === undefined || this.model.takes(parent)) {
      throw new Error(`Expected batch ${id} to open in ${parent?.id}`);
    }
  }

  async add(choice: number): Promise<void> {
    const batch = pick(this.model.batches, choice);
    if (batch === undefined) return;
    const names = [this.newName("j"), this.newName("j")];
    const refused = await addTo(this, batch.id, names);
    assertSame(`adding to ${batch.id}`, refused.length === 0, this.model.takes(batch));
    if (refused.length === 0) names.forEach((name) => this.model.add(batch, name));
  }

  async lease(): Promise<TestLease> {
    return (this.#lease ??= await this.rig.lease());
  }

  async run(choice: number, outcomeOf: (job: FetchedJob) => Outcome): Promise<void> {
    const lease = await this.lease();
    for (const job of await lease.fetch(2)) this.#running.set(nameOf(job.payload), job);
    const name = pick([...this.#running.keys()], choice);
    const job = name === undefined ? undefined : this.#running.get(name);
    if (name === undefined || job === undefined) return;
    this.#running.delete(name);
    const outcome = outcomeOf(job);
    await lease.settle(outcome);
    this.model.settled(name, outcome.kind === "done" ? "done" : outcome.kind);
    await this.rig.elapse(0.1);
    await this.rig.adapter.promoteDue();
  }

  /** A worker dies with all that it runs. */
  async die(): Promise<void> {
    const lease = await this.lease();
    this.#lease = undefined;
    await this.rig.die(lease);
    const recoveries = await this.rig.adapter.recover();
    const buried = recoveries.flatMap((recovery) => recovery.buried);
    for (const name of this.#running.keys()) this.model.lost(name, buried);
    this.#running.clear();
  }

  async deadJob(choice: number, deed: "revive" | "delete"): Promise<void> {
    const job: ModelJob | undefined = pick(this.model.deadJobs(), choice);
    if (job === undefined) return;
    const place = { set: "dead" } as const;
    const stored = await this.rig.find(place, job.name);
    if (deed === "revive") {
      await this.rig.store.move(place, stored, "queue", stored.payload);
      this.model.revived(job);
    } else {
      await this.rig.store.delete(place, stored);
      this.model.deletedDead(job);
    }
  }

  async deleteWaiting(choice: number): Promise<void> {
    const names = await this.rig.names({ queue: "default" });
    const name = pick(names, choice);
    if (name === undefined) return;
    const place = { queue: "default" };
    await this.rig.store.delete(place, await this.rig.find(place, name));
    this.model.settled(name, "done");
  }

  async close(choice: number, isIncomplete: boolean): Promise<void> {
    const batch = pick(this.model.batches, choice);
    if (batch !== undefined && (await this.batches.close(batch.id, isIncomplete))) {
      this.model.close(batch, isIncomplete);
    }
  }

  async cancel(choice: number): Promise<void> {
    const batch = pick(this.model.batches, choice);
    if (batch !== undefined && choice % 4 === 0) {
      const cancelled = await this.batches.cancel(batch.id);
      const expected = this.model.cancel(batch).toSorted();
      assertSame(`cancelling ${batch.id}`, cancelled.toSorted(), expected);
    }
  }
}

const DEEDS: Readonly<Record<Deed, (game: BatchGame, choice: number) => Promise<void>>> = {
  open: (game, choice) => game.open(choice),
  add: (game, choice) => game.add(choice),
  close: (game, choice) => game.close(choice, choice % 7 === 0),
  done: (game, choice) => game.run(choice, done),
  discard: (game, choice) => game.run(choice, (job) => ended(job, "discarded")),
  retry: (game, choice) => game.run(choice, (job) => retry(job, 0)),
  dead: (game, choice) => game.run(choice, dead),
  requeue: (game, choice) => game.run(choice, (job) => requeue(job)),
  release: (game, choice) => game.run(choice, release),
  die: (game, choice) => (choice % 4 === 0 ? game.die() : Promise.resolve()),
  revive: (game, choice) => game.deadJob(choice, "revive"),
  deleteDead: (game, choice) => game.deadJob(choice, "delete"),
  deleteWaiting: (game, choice) => game.deleteWaiting(choice),
  cancel: (game, choice) => game.cancel(choice),
};

/** All deeds. */
export const BATCH_DEEDS = Object.keys(DEEDS) as readonly Deed[];

function pick<Item>(items: readonly Item[], choice: number): Item | undefined {
  return items.length === 0 ? undefined : items[choice % items.length];
}

function assertSame(what: string, found: unknown, expected: unknown): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) {
    throw new Error(`Expected ${what} to be ${other}, found ${one}`);
  }
}
