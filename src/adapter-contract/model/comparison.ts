import { isDeepStrictEqual } from "node:util";
import { jid, nameOf, runOf } from "../jobs.ts";
import type { Rig } from "../rig.ts";
import type { Answers, Game } from "./game.ts";
import type { Model, ModelJob } from "./model.ts";
import { QUEUES } from "./operations.ts";

/** All that an adapter shows of its store, beside what the model says of it. */
export async function snapshot({ rig, model, names }: Game): Promise<Answers> {
  const queues = await Promise.all(QUEUES.map((queue) => texts(rig, { queue })));
  const [scheduled, retry, dead, blocked] = await Promise.all(
    (["scheduled", "retry", "dead", "blocked"] as const).map((set) => texts(rig, { set })),
  );
  const unfinished = await rig.adapter.unfinished(names.map(jid));
  return [
    ["status", await rig.statuses(...names), statuses(model, names)],
    ...QUEUES.map(
      (queue, index) => [`queue ${queue}`, queues[index], model.waiting(queue).map(text)] as const,
    ),
    ["scheduled set", scheduled, model.inSet("scheduled").map(text)],
    ["retry set", retry, model.inSet("retrying").map(text)],
    ["dead set", dead?.toSorted(), model.inSet("dead").map(text).toSorted()],
    ["blocked set", blocked?.toSorted(), model.inSet("blocked").map(text).toSorted()],
    ["unfinished", unfinished, names.filter((name) => model.isUnfinished(name)).map(jid)],
    ["counters", await rig.store.counters(), model.counters],
    ["paused", (await rig.store.pausedQueues()).toSorted(), [...model.paused].toSorted()],
  ];
}

/** Lines that say where two answers differ; none if they do not. */
export function differences(what: string, found: unknown, expected: unknown): string[] {
  if (isDeepStrictEqual(found, expected)) {
    return [];
  }
  if (isRecord(found) && isRecord(expected)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
    return [...keys].flatMap((key) => differences(`${what} of ${key}`, found[key], expected[key]));
  }
  return [
    `${what}: the adapter says ${JSON.stringify(found)}, the model ${JSON.stringify(expected)}`,
  ];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function texts(rig: Rig, place: Parameters<Rig["stored"]>[0]): Promise<string[]> {
  const jobs = await rig.stored(place, 3);
  return jobs.map(({ payload }) => `${nameOf(payload)}#${runOf(payload)}`);
}

function text(job: ModelJob): string {
  return `${job.name}#${job.run}`;
}

function statuses(model: Model, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, model.status(name)]));
}
