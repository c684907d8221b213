import { LeaseLostError } from "../../adapters/adapter-error.ts";
import { done, jid } from "../jobs.ts";
import { jobsOf, type Answers, type Game, type Worker } from "./game.ts";
import type { ModelJob } from "./model.ts";
import type { Operation } from "./operations.ts";
import { exchange, putBack } from "./working.ts";

/** Apart from those that operations name. */
const CRASHING = 9;

/** A worker falls silent until its lease is over, then tries to settle all the same. */
export async function die(game: Game, number: number): Promise<Answers> {
  const worker = await game.worker(number);
  game.tell(`worker ${number} dies, and its lease runs out`);
  game.workers.delete(number);
  game.dead.push(worker);
  await game.rig.die(worker.lease);
  const late = worker.held.map(({ receipt }) => done(receipt));
  const answer = await worker.lease.settle(...late).catch((error: unknown) => error);
  return [["LeaseLostError for late outcomes", answer instanceof LeaseLostError, true]];
}

export async function close(game: Game, number: number): Promise<Answers> {
  const worker = await game.worker(number);
  game.tell(`worker ${number} closes its lease`);
  game.workers.delete(number);
  putBack(game, jobsOf(worker));
  await worker.lease.close();
  return [];
}

export async function crash(
  game: Game,
  { queue, limit }: Extract<Operation, { op: "crash" }>,
): Promise<Answers> {
  const fetch = { queues: [queue], limit };
  const fetched = await exchange(game, { worker: CRASHING, settle: [], fetch });
  return [...fetched, ...(await die(game, CRASHING)), ...(await recover(game))];
}

export async function recover(game: Game): Promise<Answers> {
  game.tell("recover");
  const found = await game.rig.adapter.recover();
  const told = (worker: Worker): number =>
    found.findIndex(({ identity }) => identity === worker.lease.identity);
  // In which order leases are dealt with, the store decides.
  const dead = game.dead.splice(0).toSorted((one, other) => told(one) - told(other));
  const all = dead.map((worker) => ({
    identity: worker.lease.identity,
    ...lose(game, jobsOf(worker)),
  }));
  const expected = all.filter(({ recovered, buried }) => recovered > 0 || buried.length > 0);
  return [["recovered", found, expected]];
}

function lose(
  game: Game,
  jobs: readonly ModelJob[],
): { readonly recovered: number; readonly buried: readonly string[] } {
  const { model } = game;
  const buried: string[] = [];
  const kept: ModelJob[] = [];
  for (const job of jobs) {
    if (job.cancelled) {
      game.ends(job.name);
      model.finish(job, "cancelled");
      continue;
    }
    job.recoveries += 1;
    if (job.recoveries < 3) {
      kept.push(job);
    } else {
      model.bury(job);
      buried.push(jid(job.name));
    }
  }
  for (const job of kept.toReversed()) {
    model.putBack(job);
  }
  return { recovered: kept.length, buried };
}
