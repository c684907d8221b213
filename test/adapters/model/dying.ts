import { LeaseLostError } from "../../../src/adapters/adapter-error.ts";
import { done, jid } from "../contract/jobs.ts";
import type { Answers, Game } from "./game.ts";
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
  putBack(game, worker.held);
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
  const dead = new Map(game.dead.splice(0).map((worker) => [worker.lease.identity, worker]));
  const expected = found.map(({ identity }) => {
    const { held = [] } = dead.get(identity) ?? {};
    dead.delete(identity);
    return {
      identity,
      ...lose(
        game,
        held.map(({ job }) => job),
      ),
    };
  });
  const forgotten = [...dead.values()].filter(({ held }) => held.length > 0);
  return [
    ["recovered", found, expected],
    ["not recovered", forgotten.map(({ lease }) => lease.identity), []],
  ];
}

function lose(
  { model }: Game,
  jobs: readonly ModelJob[],
): { readonly recovered: number; readonly buried: readonly string[] } {
  const buried: string[] = [];
  const kept: ModelJob[] = [];
  for (const job of jobs) {
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
