import type { JobStatus, Place } from "../../adapters/job-store.ts";
import { jid } from "../jobs.ts";
import { jobsOf, type Answers, type Game } from "./game.ts";
import type { ModelJob } from "./model.ts";
import type { Queue } from "./operations.ts";

/** Until nothing is left to hand on. */
export async function release(game: Game): Promise<Answers> {
  game.tell("release what is free");
  const now = await game.rig.now();
  const slices = await game.rig.releaseBlocked();
  const { count, cancelled } = game.model.release(now);
  cancelled.forEach((name) => game.ends(name));
  return [["released", slices.reduce((sum, slice) => sum + slice, 0), count]];
}

export async function promote(game: Game, limit: number): Promise<Answers> {
  game.tell(`promote at most ${limit}`);
  const now = await game.rig.now();
  const { promoted, nextAt } = await game.rig.adapter.promoteDue(limit);
  const expected = game.model.promote(limit, now);
  const [next] = game.model.timed();
  return [
    ["promoted", promoted, expected.length],
    ["next time", nextAt?.toFixed(3), next?.at?.toFixed(3)],
  ];
}

export async function pause(game: Game, queue: Queue): Promise<Answers> {
  game.tell(`pause ${queue}`);
  game.model.paused.add(queue);
  await game.rig.store.pause(queue);
  return [];
}

export async function resume(game: Game, queue: Queue): Promise<Answers> {
  game.tell(`resume ${queue}`);
  game.model.paused.delete(queue);
  await game.rig.store.resume(queue);
  return [];
}

/** What operators do to one job that waits somewhere. */
export async function manage(
  game: Game,
  deed: "delete" | "run" | "kill",
  number: number,
): Promise<Answers> {
  const { model, rig } = game;
  const job = model.jobs.get(game.name(number) ?? "");
  const place = job && placeOf(job);
  if (job === undefined || place === undefined) {
    return [];
  }
  game.tell(`${deed} ${job.name}, which is ${job.status}`);
  const stored = await rig.find(place, job.name);
  model.takeOut(job);
  if (deed === "delete") {
    game.ends(job.name);
    model.finish(job, "deleted");
    return [["deleted", await rig.store.delete(place, stored), true]];
  }
  if (deed === "kill") {
    model.bury(job);
    return [["killed", await rig.store.move(place, stored, "dead", stored.payload), true]];
  }
  model.enqueue(job);
  return [["moved", await rig.store.move(place, stored, "queue", stored.payload), true]];
}

/** One that waits is deleted, and a worker that runs one is told. */
export async function cancel(game: Game, number: number): Promise<Answers> {
  const { model, rig } = game;
  const name = game.name(number);
  if (name === undefined) {
    return [];
  }
  const job = model.jobs.get(name);
  game.tell(`cancel ${name}, which is ${model.status(name)}`);
  if (job === undefined || job.status === "dead") {
    return [["cancelled", await rig.store.cancel(jid(name)), false]];
  }
  if (job.status === "running") {
    job.cancelled = true;
    const workers = [...game.workers.values()];
    const holder = workers.find((worker) => jobsOf(worker).includes(job));
    let answer: unknown;
    const deed = async (): Promise<unknown> => (answer = await rig.store.cancel(jid(name)));
    await (holder?.lease.hearsOfCancel(jid(name), deed) ?? deed());
    return [["cancelled", answer, true]];
  }
  model.takeOut(job);
  game.ends(name);
  model.finish(job, "cancelled");
  return [["cancelled", await rig.store.cancel(jid(name)), true]];
}

function placeOf(job: ModelJob): Place | undefined {
  const { status } = job;
  if (status === "enqueued") {
    return { queue: job.queue };
  }
  if (status === "retrying") {
    return { set: "retry" };
  }
  return isSet(status) ? { set: status } : undefined;
}

function isSet(status: JobStatus): status is "scheduled" | "blocked" | "dead" {
  return status === "scheduled" || status === "blocked" || status === "dead";
}
