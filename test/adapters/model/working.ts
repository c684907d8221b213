import type { Outcome } from "../../../src/adapters/adapter.ts";
import * as outcomes from "../contract/jobs.ts";
import type { Answers, Game, Held, Worker } from "./game.ts";
import type { Operation, Settlement } from "./operations.ts";

type Exchange = Extract<Operation, { op: "exchange" }>;

/** Settles and fetches in one exchange. */
export async function exchange(game: Game, operation: Omit<Exchange, "op">): Promise<Answers> {
  const { model } = game;
  const { fetch } = operation;
  const worker = await game.worker(operation.worker);
  const now = await game.rig.now();
  const settling = pick(worker, operation.settle);
  const steps = settling.map(({ held, settlement }) => `${settlement.kind} ${held.job.name}`);
  const fetching = fetch ? [`fetch ${fetch.limit} from ${fetch.queues.join(", ")}`] : [];
  game.tell(`worker ${operation.worker}: ${[...steps, ...fetching].join(", ")}`);
  const sent = settling.map(({ held, settlement }) => {
    letGo(worker, held);
    return settle(game, held, { ...settlement, now });
  });
  const released = settling.filter(({ settlement }) => settlement.kind === "release");
  putBack(
    game,
    released.map(({ held }) => held),
  );
  const expected = fetch === undefined ? [] : model.fetch(fetch.queues, fetch.limit);
  const expectedTexts = expected.map((job) => `${job.name}#${job.run} lost ${job.recoveries}`);

  const { jobs, refused, releasable } = await worker.lease.exchange(sent, fetch);

  for (const [index, receipt] of jobs.entries()) {
    const job = expected[index];
    if (job !== undefined) {
      game.fetched += 1;
      worker.held.push({ receipt, job, fetched: game.fetched });
    }
  }
  const fetchedTexts = jobs.map(
    ({ payload, recoveries }) =>
      `${outcomes.nameOf(payload)}#${outcomes.runOf(payload)} lost ${recoveries}`,
  );
  return [
    ["fetched", fetchedTexts, expectedTexts],
    ["refused", outcomes.namesOf(refused), []],
    // It may say so too often: whoever asks then is told that there is none.
    ["releasable", releasable || model.free.length === 0, true],
  ];
}

export async function settleAgain(
  game: Game,
  { worker: number, held: which }: { readonly worker: number; readonly held: number },
): Promise<Answers> {
  const worker = await game.worker(number);
  const held = worker.settled[which % worker.settled.length];
  if (held === undefined) {
    return [];
  }
  game.tell(`worker ${number}: done ${held.job.name}, which it settled before`);
  const { refused } = await worker.lease.settle(outcomes.done(held.receipt));
  return [["refused", outcomes.namesOf(refused), []]];
}

export async function settleForeign(
  game: Game,
  { worker: number, held: which }: { readonly worker: number; readonly held: number },
): Promise<Answers> {
  const others = [...game.workers].filter(([other]) => other !== number);
  const theirs = others.flatMap(([, { held, settled }]) => [...held, ...settled]);
  const held = theirs[which % theirs.length];
  if (held === undefined) {
    return [];
  }
  game.tell(`worker ${number}: done ${held.job.name}, which another fetched`);
  const worker = await game.worker(number);
  const { refused } = await worker.lease.settle(outcomes.done(held.receipt));
  return [["refused", outcomes.namesOf(refused), [held.job.name]]];
}

/** Back to the heads of their queues; what was fetched first comes first again. */
export function putBack(game: Game, released: readonly Held[]): void {
  for (const { job } of released.toSorted((one, other) => other.fetched - one.fetched)) {
    game.model.putBack(job);
  }
}

/** Different jobs of those that the worker holds. */
function pick(
  worker: Worker,
  settlements: readonly Settlement[],
): { readonly held: Held; readonly settlement: Settlement }[] {
  const left = [...worker.held];
  return settlements.flatMap((settlement) => {
    const [held] = left.length === 0 ? [] : left.splice(settlement.held % left.length, 1);
    return held === undefined ? [] : [{ held, settlement }];
  });
}

function letGo(worker: Worker, held: Held): void {
  worker.held = worker.held.filter((other) => other !== held);
  worker.settled.push(held);
}

/** Settles on the model. @returns the same for the adapter. */
function settle(
  game: Game,
  { receipt, job }: Held,
  { kind, queue, ticks, prereqs, failure, now }: Settlement & { readonly now: number },
): Outcome {
  const { model } = game;
  if (kind === "release") {
    return outcomes.release(receipt);
  }
  job.recoveries = 0;
  model.counters.processed += kind === "block" ? 0 : 1;
  model.counters.failed += kind === "failed" || kind === "retry" || kind === "dead" ? 1 : 0;
  if (kind === "done" || kind === "failed") {
    game.ends(job.name);
    model.finish(job);
    return kind === "done" ? outcomes.done(receipt) : outcomes.failed(receipt);
  }
  job.run += 1;
  if (kind === "dead") {
    model.bury(job);
    return outcomes.dead(receipt);
  }
  if (kind === "block") {
    const names = game.olderNames(prereqs, job.name);
    model.block(job, names, { failure, now });
    return outcomes.block(receipt, names, failure);
  }
  job.queue = queue;
  job.at = game.moment(now, ticks);
  if (kind === "retry") {
    job.status = "retrying";
    return outcomes.retry(receipt, job.at, queue);
  }
  const { at } = job;
  model.place(job, now);
  return outcomes.requeue(receipt, at, queue);
}
