import type { FetchedJob } from "../../adapters/adapter.ts";
import { holdersOf, offer } from "../hold-rig.ts";
import { dead, done, ended, nameOf, release, requeue, retry } from "../jobs.ts";
import type { HoldGame, HoldWorker } from "./holds-game.ts";
import type { Holding } from "./holds-model.ts";
import { HOLDS, type Ended, type HoldOperation, type NewHolder } from "./holds-operations.ts";

export async function enqueue(game: HoldGame, entries: readonly NewHolder[]): Promise<void> {
  for (const { queue, isLater, holds: numbers } of entries) {
    const name = `job ${game.model.jobs.size + game.trace.length}`;
    const holds = numbers.flatMap((number) => HOLDS[number] ?? []);
    const held = new Set<string>();
    const job: Holding = {
      name,
      queue,
      isLater,
      holds,
      held,
      place: "queue",
      cancelled: false,
      lost: 0,
    };
    game.trace.push(`enqueue ${name} to ${queue}: ${holds.map(({ key }) => key).join(", ")}`);
    const refusedBy = game.model.offer(job);

    const { refused } = await offer(game.rig, [name], {
      queue,
      holds,
      ...(isLater ? { inTicks: 100_000 } : {}),
    });

    game.same(
      "refused",
      refused.map(({ key }) => key),
      refusedBy === undefined ? [] : [refusedBy],
    );
  }
}

export async function fetch(
  game: HoldGame,
  { worker: number, queues, limit, turns }: Extract<HoldOperation, { op: "fetch" }>,
): Promise<void> {
  const worker = await workerOf(game, number);
  game.trace.push(`worker ${number}: fetch ${limit}, ${turns} turns, of ${queues.join(", ")}`);
  const { jobs, isMore, wantsTurn } = await worker.lease.exchange([], { queues, limit, turns });
  let used = 0;
  for (const receipt of jobs) {
    const job = game.model.jobs.get(nameOf(receipt.payload));
    game.trace.push(`(it gets ${job?.name})`);
    if (job === undefined) continue;
    const { may, refusedBy } = game.model.mayRun(job);
    game.same(`${job.name} is of these queues`, queues.includes(job.queue), true);
    game.same(`${job.name} may run`, [may, receipt.refusedBy], [true, refusedBy]);
    used += refusedBy === undefined && game.model.needsTurn(job) ? 1 : 0;
    game.model.handOut(job, refusedBy === undefined);
    worker.held.push({ job, receipt });
  }
  game.same("no more turns than were asked for", used <= turns, true);
  if (jobs.length < limit && isMore !== true && wantsTurn !== true) {
    // One that is refused now may have been set aside before, for another key.
    const left = game.jobs.filter((job) => {
      const { may, refusedBy } = game.model.mayRun(job);
      return may && refusedBy === undefined && queues.includes(job.queue);
    });
    game.same(
      "nothing is left that may run",
      left.map(({ name }) => name),
      [],
    );
  }
}

export async function settle(
  game: HoldGame,
  { worker: number, job: which, kind }: Extract<HoldOperation, { op: "settle" }>,
): Promise<void> {
  const worker = await workerOf(game, number);
  const held = worker.held[which % worker.held.length];
  if (held === undefined) {
    return;
  }
  const { job, receipt } = held;
  game.trace.push(`worker ${number}: ${kind} ${job.name}`);
  worker.held = worker.held.filter((other) => other !== held);
  game.model.settle(job, kind);
  await worker.lease.settle(await outcome(game, receipt, kind));
}

/** A worker ends, and what it held comes back. */
export async function lose(game: HoldGame, number: number, how: "close" | "die"): Promise<void> {
  const worker = await workerOf(game, number);
  game.trace.push(`worker ${number}: ${how}`);
  game.workers.delete(number);
  if (how === "close") {
    await worker.lease.close();
  } else {
    await game.rig.die(worker.lease);
    await game.rig.adapter.recover();
  }
  // In which order they come back is the store's choice: one of them has the key that only one can
  // have again.
  const again = await holdersOf(game.holds, "until fetched");
  const hasIt = ({ job }: { readonly job: Holding }): number => (again.includes(job.name) ? 0 : 1);
  for (const { job } of worker.held.toSorted((one, other) => hasIt(one) - hasIt(other))) {
    game.model.comeBack(job, how === "die");
  }
}

async function outcome(
  game: HoldGame,
  job: FetchedJob,
  kind: Ended,
): Promise<ReturnType<typeof done>> {
  switch (kind) {
    case "discarded":
      return ended(job, "discarded");
    case "retry":
      return retry(job, (await game.rig.now()) - 1);
    default:
      return { done, dead, release, requeue: (it: FetchedJob) => requeue(it) }[kind](job);
  }
}

async function workerOf(game: HoldGame, number: number): Promise<HoldWorker> {
  const worker = game.workers.get(number) ?? { lease: await game.rig.lease(), held: [] };
  game.workers.set(number, worker);
  return worker;
}
