import type { Entry } from "../../adapters/adapter.ts";
import { jid, nameOf, payloadOf, withPriority } from "../jobs.ts";
import type { Answers, Game } from "./game.ts";
import type { ModelJob } from "./model.ts";
import type { NewJob } from "./operations.ts";

export async function enqueue(game: Game, entries: readonly NewJob[]): Promise<Answers> {
  const now = await game.rig.now();
  const batch = entries.map((entry) => addJob(game, entry, now));
  game.tell(`enqueue ${batch.map(describe).join(", ")}`);
  for (const { job, prereqs, failure } of batch) {
    if (game.model.admit(job, prereqs, { failure, now })) {
      game.ends(job.name);
    }
  }
  await game.rig.adapter.enqueue(batch.map(({ entry }) => entry));
  return handOver(
    game,
    batch.map(({ job }) => job),
  );
}

/**
 * The same jid again: ignored, unless that job is finished and was not to be remembered, or was
 * cancelled or deleted.
 */
export async function enqueueAgain(game: Game, number: number): Promise<Answers> {
  const name = game.name(number);
  if (name === undefined) {
    return [];
  }
  game.tell(`enqueue ${name} again, to red`);
  const added: ModelJob[] = [];
  const { model } = game;
  const known = model.jobs.get(name);
  if (known !== undefined) {
    known.remembered = true;
  } else if (!model.over.has(name)) {
    const job = modelJob(name, { queue: "red", priority: 0, remembered: true });
    model.ends.delete(name);
    game.begins(name);
    game.model.add(job);
    game.model.enqueue(job);
    added.push(job);
  }
  await game.rig.adapter.enqueue([
    { jid: jid(name), queue: "red", payload: payloadOf(name, "red"), remembered: true },
  ]);
  return handOver(game, added);
}

/**
 * A store may put new jobs straight into the leases of workers that found too few: which, is its
 * choice.
 */
async function handOver(game: Game, added: readonly ModelJob[]): Promise<Answers> {
  const { model, rig } = game;
  const running = await rig.store.running();
  const answers: Answers = [];
  for (const job of added) {
    const holder = running.find(({ payload }) => nameOf(payload) === job.name)?.identity;
    const worker = [...game.workers.values()].find(({ lease }) => lease.identity === holder);
    if (holder !== undefined) {
      const isFirst = model.waiting(job.queue)[0] === job && !model.paused.has(job.queue);
      const mayTake = isFirst && worker?.takes?.includes(job.queue) === true;
      answers.push([`${job.name} was handed over rightly`, mayTake, true]);
    }
    if (worker !== undefined) {
      game.tell(`(${job.name} is handed over to worker ${game.numberOf(worker)})`);
      worker.takes = undefined;
      model.takeOut(job);
      job.status = "running";
      game.fetched += 1;
      worker.handedOver.push({ job, fetched: game.fetched, asked: 0 });
    }
  }
  return answers;
}

interface Added {
  readonly job: ModelJob;
  readonly entry: Entry;
  readonly prereqs: readonly string[];
  readonly failure: NewJob["failure"];
}

/** Makes the model know a job. All of a batch are known before one is placed. */
function addJob(game: Game, options: NewJob, now: number): Added {
  const { queue, due, failure, remembered = false } = options;
  const name = game.newName();
  game.begins(name);
  const priority = game.priorities ? options.priority : 0;
  const at = due === 0 ? undefined : game.moment(now, due);
  const job = modelJob(name, { queue, priority, at, remembered });
  game.model.add(job);
  const prereqs = game.olderNames(options.prereqs, name);
  const entry: Entry = {
    jid: jid(name),
    queue,
    payload: withPriority(payloadOf(name, queue), priority),
    priority,
    prereqFailure: failure,
    remembered,
    ...(at === undefined ? {} : { at }),
    ...(prereqs.length === 0 ? {} : { prereqs: prereqs.map(jid) }),
  };
  return { job, entry, prereqs, failure };
}

function modelJob(
  name: string,
  {
    queue,
    priority,
    at,
    remembered,
  }: Pick<ModelJob, "queue" | "priority" | "remembered"> & { at?: number | undefined },
): ModelJob {
  const fresh = {
    run: 0,
    status: "enqueued",
    recoveries: 0,
    cancelled: false,
    hold: undefined,
  } as const;
  return { name, queue, priority, at, remembered, ...fresh };
}

function describe({ job, prereqs, failure }: Added): string {
  return [
    `${job.name} to ${job.queue}`,
    job.priority === 0 ? "" : ` with priority ${job.priority}`,
    job.at === undefined ? "" : " for later",
    prereqs.length === 0 ? "" : ` behind ${prereqs.join(" and ")} (${failure})`,
  ].join("");
}
