import type { Entry } from "../../../src/adapters/adapter.ts";
import { jid, payloadOf } from "../contract/jobs.ts";
import type { Answers, Game } from "./game.ts";
import type { ModelJob } from "./model.ts";
import type { NewJob } from "./operations.ts";

export async function enqueue(game: Game, entries: readonly NewJob[]): Promise<Answers> {
  const now = await game.rig.now();
  const batch = entries.map((entry) => addJob(game, entry, now));
  game.tell(`enqueue ${batch.map(describe).join(", ")}`);
  for (const { job, prereqs, failure } of batch) {
    game.model.block(job, prereqs, { failure, now });
  }
  await game.rig.adapter.enqueue(batch.map(({ entry }) => entry));
  return [];
}

/** The same jid again: ignored, unless that job is finished. */
export async function enqueueAgain(game: Game, number: number): Promise<Answers> {
  const name = game.name(number);
  if (name === undefined) {
    return [];
  }
  game.tell(`enqueue ${name} again, to red`);
  if (!game.model.jobs.has(name)) {
    const job = modelJob(name, { queue: "red", priority: 0 });
    game.begins(name);
    game.model.add(job);
    game.model.enqueue(job);
  }
  await game.rig.adapter.enqueue([
    { jid: jid(name), queue: "red", payload: payloadOf(name, "red") },
  ]);
  return [];
}

interface Added {
  readonly job: ModelJob;
  readonly entry: Entry;
  readonly prereqs: readonly string[];
  readonly failure: NewJob["failure"];
}

/** Makes the model know a job. All of a batch are known before one is placed. */
function addJob(game: Game, options: NewJob, now: number): Added {
  const { queue, due, failure } = options;
  const name = game.newName();
  game.begins(name);
  const priority = game.priorities ? options.priority : 0;
  const at = due === 0 ? undefined : game.moment(now, due);
  const job = modelJob(name, { queue, priority, at });
  game.model.add(job);
  const prereqs = game.olderNames(options.prereqs, name);
  const entry: Entry = {
    jid: jid(name),
    queue,
    payload: payloadOf(name, queue),
    priority,
    prereqFailure: failure,
    ...(at === undefined ? {} : { at }),
    ...(prereqs.length === 0 ? {} : { prereqs: prereqs.map(jid) }),
  };
  return { job, entry, prereqs, failure };
}

function modelJob(
  name: string,
  { queue, priority, at }: Pick<ModelJob, "queue" | "priority"> & { at?: number | undefined },
): ModelJob {
  const fresh = { run: 0, status: "enqueued", recoveries: 0, hold: undefined } as const;
  return { name, queue, priority, at, ...fresh };
}

function describe({ job, prereqs, failure }: Added): string {
  return [
    `${job.name} to ${job.queue}`,
    job.priority === 0 ? "" : ` with priority ${job.priority}`,
    job.at === undefined ? "" : " for later",
    prereqs.length === 0 ? "" : ` behind ${prereqs.join(" and ")} (${failure})`,
  ].join("");
}
