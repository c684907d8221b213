import type { Exchange, FetchedJob, FetchRequest, Outcome } from "../../adapters/adapter.ts";
import * as outcomes from "../jobs.ts";
import type { Answers, Game, Held, Worker } from "./game.ts";
import type { Model, ModelJob } from "./model.ts";
import type { Operation, Settlement } from "./operations.ts";

type ExchangeOperation = Extract<Operation, { op: "exchange" }>;

interface Exchanged extends Exchange {
  readonly found: readonly ModelJob[];
}

/** Settles and fetches in one exchange. */
export async function exchange(
  game: Game,
  operation: Omit<ExchangeOperation, "op">,
): Promise<Answers> {
  const { model } = game;
  const { fetch } = operation;
  const worker = await game.worker(operation.worker);
  const now = await game.rig.now();
  receive(worker, worker.heard.splice(0));
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
    released
      .toSorted((one, other) => one.held.fetched - other.held.fetched)
      .map(({ held }) => held.job),
  );

  const { jobs, found, refused, releasable } = await ask(worker, sent, fetch);

  const limit = (fetch?.limit ?? 0) - found.length;
  const fetched = limit > 0 ? model.fetch(fetch?.queues ?? [], limit) : [];
  const expected = [...found, ...fetched];
  const expectedTexts = expected.map((job) => `${job.name}#${job.run} lost ${job.recoveries}`);
  for (const [index, job] of fetched.entries()) {
    game.fetched += 1;
    const receipt = jobs[found.length + index];
    if (receipt !== undefined) {
      worker.held.push({ receipt, job, fetched: game.fetched });
    }
  }
  if (fetch !== undefined) {
    worker.takes = jobs.length < fetch.limit ? fetch.queues : undefined;
  }
  const fetchedTexts = jobs.map(
    ({ payload, recoveries }) =>
      `${outcomes.nameOf(payload)}#${outcomes.runOf(payload)} lost ${recoveries}`,
  );
  return [
    ["fetched", fetchedTexts, expectedTexts],
    ["refused", outcomes.namesOf(refused), []],
    ["not found though handed over", overdue(worker), []],
    // A store may say so too often: whoever asks then is told that there is none.
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
  const { refused } = await ask(worker, [outcomes.done(held.receipt)]);
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
  const { refused } = await ask(worker, [outcomes.done(held.receipt)]);
  return [["refused", outcomes.namesOf(refused), [held.job.name]]];
}

/**
 * Exchanges, and sees which jobs of those that were handed over the worker hears of meanwhile, or
 * finds with what it fetches.
 */
async function ask(
  worker: Worker,
  outcomes: readonly Outcome[],
  fetch?: FetchRequest,
): Promise<Exchanged> {
  const exchanged = await worker.lease.exchange(outcomes, fetch);
  receive(worker, worker.heard.splice(0));
  const found = receive(worker, exchanged.jobs);
  if (fetch !== undefined) {
    worker.handedOver.forEach((handed) => (handed.asked += 1));
  }
  return { ...exchanged, found };
}

/** @returns which of these the worker was known to be handed over. */
function receive(worker: Worker, jobs: readonly FetchedJob[]): ModelJob[] {
  return jobs.flatMap((receipt) => {
    const name = outcomes.nameOf(receipt.payload);
    const handed = worker.handedOver.find(({ job }) => job.name === name);
    if (handed === undefined) {
      return [];
    }
    worker.handedOver = worker.handedOver.filter((other) => other !== handed);
    worker.held.push({ receipt, ...handed });
    return [handed.job];
  });
}

/** One that was not heard of is missed at the next exchange, and found at the one after. */
function overdue({ handedOver }: Worker): string[] {
  return handedOver.filter(({ asked }) => asked > 1).map(({ job }) => job.name);
}

/** Back to the heads of their queues, in this order; cancelled ones are over. */
export function putBack(game: Game, jobs: readonly ModelJob[]): void {
  for (const job of jobs.toReversed()) {
    if (job.cancelled) {
      game.ends(job.name);
      game.model.finish(job, "cancelled");
    } else {
      game.model.putBack(job);
    }
  }
}

/**
 * Different jobs of those that the worker holds; those that are done first, since a store may
 * settle in any order.
 */
function pick(
  worker: Worker,
  settlements: readonly Settlement[],
): { readonly held: Held; readonly settlement: Settlement }[] {
  const left = [...worker.held];
  const picked = settlements.flatMap((settlement) => {
    const [held] = left.length === 0 ? [] : left.splice(settlement.held % left.length, 1);
    return held === undefined ? [] : [{ held, settlement }];
  });
  const isDone = ({ settlement: { kind } }: (typeof picked)[number]): boolean =>
    kind === "done" || kind === "failed";
  return [...picked.filter(isDone), ...picked.filter((each) => !isDone(each))];
}

function letGo(worker: Worker, held: Held): void {
  worker.held = worker.held.filter((other) => other !== held);
  worker.settled.push(held);
}

/** Settles on the model. @returns the same for the adapter. */
function settle(
  game: Game,
  { receipt, job }: Held,
  settlement: Settlement & { readonly now: number },
): Outcome {
  const { model } = game;
  const { kind, now } = settlement;
  const prereqs = game.olderNames(settlement.prereqs, job.name);
  const ending = { ...settlement, prereqs, at: game.moment(now, settlement.ticks) };
  if (kind !== "release") {
    job.recoveries = 0;
    model.counters.processed += kind === "block" ? 0 : 1;
    model.counters.failed += kind === "failed" || kind === "retry" || kind === "dead" ? 1 : 0;
    if (job.cancelled || kind === "done" || kind === "failed") {
      game.ends(job.name);
      model.finish(
        job,
        kind === "done" ? undefined : kind === "failed" ? "discarded" : "cancelled",
      );
    } else {
      goOn(model, job, ending);
    }
  }
  return outcomeOf(receipt, ending);
}

interface Ending extends Omit<Settlement, "prereqs"> {
  /** By name. */
  readonly prereqs: readonly string[];
  readonly now: number;
  readonly at: number;
}

/** Of a job that is not over. */
function goOn(
  model: Model,
  job: ModelJob,
  { kind, queue, at, now, prereqs, failure }: Ending,
): void {
  job.run += 1;
  if (kind === "dead") {
    model.bury(job);
  } else if (kind === "block") {
    model.block(job, prereqs, { failure, now });
  } else {
    job.queue = queue;
    job.at = at;
    if (kind === "retry") {
      job.status = "retrying";
    } else {
      model.place(job, now);
    }
  }
}

function outcomeOf(job: FetchedJob, { kind, queue, at, prereqs, failure }: Ending): Outcome {
  switch (kind) {
    case "done":
      return outcomes.done(job);
    case "failed":
      return outcomes.failed(job);
    case "retry":
      return outcomes.retry(job, at, queue);
    case "requeue":
      return outcomes.requeue(job, at, queue);
    case "block":
      return outcomes.block(job, prereqs, failure);
    case "dead":
      return outcomes.dead(job);
    case "release":
      return outcomes.release(job);
  }
}
