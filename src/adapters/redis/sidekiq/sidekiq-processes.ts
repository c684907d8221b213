import type { ForeignProcess, RunningJob, WorkerState } from "../../job-store.ts";
import { readTexts, readValues } from "../connection/read-reply.ts";
import type { RedisContext } from "../redis-context.ts";
import { isWrongType } from "../connection/redis-errors.ts";
import { jobAtWork } from "./job-at-work.ts";
import { countIn, isText, objectIn, objectOf, textIn, timeIn } from "../payloads/untrusted.ts";
import { allValues } from "../scripts/hash-values.ts";

/** The fields of a heartbeat that are read. `concurrency` is one since 8.1.2. */
const FIELDS = ["info", "concurrency", "busy", "quiet", "rss", "beat"] as const;

/**
 * The living processes of Sidekiq, and what they run: those in its set of processes that have no
 * lease of ours. Any of it may have been written by anybody, so a field that is not what it should
 * be counts as not said.
 *
 * @see Sidekiq 8.1 launcher.rb `to_data`; what a process says of itself is gone a minute after its
 *   last heartbeat
 */
export async function sidekiqProcesses(context: RedisContext): Promise<readonly ForeignProcess[]> {
  const { command, keys } = context;
  const [all, leases] = await Promise.all([
    command("SMEMBERS", keys.processes),
    command("ZRANGE", keys.leases, 0, -1),
  ]);
  const ours = new Set(readTexts(leases));
  const others = readTexts(all)
    .filter((identity) => !ours.has(identity))
    .toSorted();
  const found = await Promise.all(others.map((identity) => processOf(context, identity)));
  return found.flat();
}

/** @returns it, or nothing where it lives no longer. */
async function processOf(context: RedisContext, identity: string): Promise<ForeignProcess[]> {
  const key = context.keys.process(identity);
  const [told, current, old] = await Promise.all([
    ofHash(context, "HMGET", key, ...FIELDS),
    workIn(context, `${key}:work`),
    // Up to 6.4.
    workIn(context, `${key}:workers`),
  ]);
  const beat = Object.fromEntries(FIELDS.map((name, index) => [name, told[index] ?? undefined]));
  if (beat["info"] === undefined) {
    return [];
  }
  const process = stateOf(identity, beat);
  const saidAt = timeIn(Number(beat["beat"])) ?? process.startedAt;
  const running = [...current, ...old]
    .flatMap((entry) => jobAtWork(entry ?? ""))
    .map(({ queue, payload, runAt }): RunningJob => {
      return { identity, queue: textIn(queue), payload, startedAt: timeIn(runAt) ?? saidAt };
    });
  return [{ process, running }];
}

/** What it runs, a part at a time: each entry has a job's whole payload. */
async function workIn(context: RedisContext, key: string): Promise<readonly (string | null)[]> {
  const fields = await ofHash(context, "HKEYS", key);
  return allValues(
    context,
    key,
    fields.filter((field) => field !== null),
  );
}

/**
 * @returns nothing where the key is none of a hash: what stands in the set of processes may be any
 *   name.
 */
async function ofHash(
  { command }: RedisContext,
  name: "HMGET" | "HKEYS",
  ...args: readonly string[]
): Promise<readonly (string | null)[]> {
  try {
    return readValues(await command(name, ...args));
  } catch (error) {
    if (isWrongType(error)) {
      return [];
    }
    throw error;
  }
}

function stateOf(
  identity: string,
  beat: Readonly<Record<string, string | undefined>>,
): WorkerState {
  const info = objectIn(beat["info"] ?? "");
  const { version, labels } = info;
  const numberOf = (name: (typeof FIELDS)[number]): number => Number(beat[name] ?? NaN);
  const rss = countIn(numberOf("rss"));
  return {
    identity,
    library: "sidekiq",
    ...(typeof version === "string" ? { version } : {}),
    hostname: textIn(info["hostname"]),
    pid: countIn(info["pid"]) ?? 0,
    tag: textIn(info["tag"]),
    ...(Array.isArray(labels) ? { labels: labels.filter(isText) } : {}),
    startedAt: timeIn(info["started_at"]) ?? timeIn(numberOf("beat")) ?? 0,
    concurrency: countIn(numberOf("concurrency")) ?? countIn(info["concurrency"]) ?? 0,
    queues: queuesIn(info),
    busy: countIn(numberOf("busy")) ?? 0,
    quiet: beat["quiet"] === "true",
    seenAt: timeIn(numberOf("beat")),
    ...(info["embedded"] === true ? { embedded: true } : {}),
    // In kilobytes.
    ...(rss === undefined ? {} : { rss: rss * 1024 }),
  };
}

/**
 * Each queue once, with its weight: of capsules since 8.0.9, of one object for each capsule since
 * 7. Before, the weights are not told.
 */
function queuesIn({
  capsules,
  weights,
  queues,
}: Readonly<Record<string, unknown>>): WorkerState["queues"] {
  const names = Array.isArray(queues) ? queues.filter(isText) : [];
  const told = [
    ...(Array.isArray(weights) ? weights : []),
    ...Object.values(objectOf(capsules)).map((capsule) => objectOf(capsule)["weights"]),
  ].flatMap((each) => Object.entries(objectOf(each)));
  const found = new Map<string, number>(names.map((name) => [name, 0]));
  told.forEach(([name, weight]) => found.set(name, countIn(weight) ?? 0));
  return [...found];
}
