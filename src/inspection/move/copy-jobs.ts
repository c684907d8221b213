import type { Adapter, Entry } from "../../adapters/adapter.ts";
import type { Place, StoredJob } from "../../adapters/job-store.ts";
import { isOfBatch, toEntry } from "./to-entry.ts";

/** A move, as its parts know it. */
export interface MoveTask {
  readonly from: Adapter;
  readonly to: Adapter;
  readonly dryRun: boolean;
  readonly signal: AbortSignal | undefined;
  /** Something was done. */
  readonly tell: (more?: { readonly removed: number }) => void;
}

/** Jids. */
export interface Copied {
  /** Those that the new store has; in a dry run, that it would get. */
  readonly jids: Set<string>;
  /** Those of which it has another that holds their key. */
  readonly refused: Set<string>;
  /** Those that a batch counts, or that wait for one. */
  readonly ofBatches: Set<string>;
  /** How many nobody can read. */
  unreadable: number;
}

/** Of one step where jobs hold keys. */
export const SLICE = 500;
/** Until it is dead in the new store, too, a dead job stands here. */
const FAR_AWAY = 4_102_444_800;

/**
 * Copies all that is not there yet. Dead jobs first: one that lives may hold their keys now, and
 * what they hold is let go of as they die. Blocked ones last: what they wait for has to be known by
 * then.
 */
export async function copyJobs(task: MoveTask, copied: Copied): Promise<void> {
  await eachSlice(task, { set: "dead" }, (jobs) => copyDead(jobs, task, copied));
  for (const queue of await task.from.store.queueNames()) {
    await eachSlice(task, { queue }, (jobs) => copy(jobs, task, copied));
  }
  for (const set of ["scheduled", "retry"] as const) {
    await eachSlice(task, { set }, (jobs) => copy(jobs, task, copied));
  }
  await copyBlocked(task, copied);
}

async function eachSlice(
  { from, signal }: MoveTask,
  place: Place,
  use: (jobs: readonly StoredJob[]) => Promise<unknown>,
): Promise<void> {
  let cursor: string | undefined;
  do {
    signal?.throwIfAborted();
    const page = await from.store.page(place, cursor, SLICE);
    await use(page.jobs);
    ({ cursor } = page);
  } while (cursor !== undefined);
}

/** @returns what the new store has now. */
async function copy(
  jobs: readonly StoredJob[],
  task: MoveTask,
  copied: Copied,
  { isBlocked = false, at }: { readonly isBlocked?: boolean; readonly at?: number } = {},
): Promise<readonly Entry[]> {
  const found = await entriesOf(jobs, isBlocked, task, copied);
  const entries = at === undefined ? found : found.map((entry) => ({ ...entry, at }));
  const refused = new Set<string>();
  if (!task.dryRun && entries.length > 0) {
    const answer = await task.to.enqueue(entries);
    for (const { jid } of answer.refused) refused.add(jid);
  }
  const accepted = entries.filter(({ jid }) => !refused.has(jid));
  for (const { jid } of accepted) {
    copied.jids.add(jid);
    copied.refused.delete(jid);
  }
  refused.forEach((jid) => copied.refused.add(jid));
  task.tell();
  return accepted;
}

async function entriesOf(
  jobs: readonly StoredJob[],
  isBlocked: boolean,
  { from }: MoveTask,
  copied: Copied,
): Promise<readonly Entry[]> {
  const own: StoredJob[] = [];
  for (const job of jobs) {
    if (isOfBatch(job)) {
      copied.ofBatches.add(job.jid ?? "");
    } else {
      own.push(job);
    }
  }
  const holds = await from.holds?.wanted(own.map(({ jid = "" }) => jid));
  const entries = own.flatMap((job, index) => toEntry(job, holds?.[index], isBlocked) ?? []);
  copied.unreadable += own.length - entries.length;
  return entries;
}

async function copyDead(jobs: readonly StoredJob[], task: MoveTask, copied: Copied): Promise<void> {
  let left = jobs;
  // Of several with one key each is to have died before the next comes.
  while (left.length > 0) {
    const accepted = await copy(left, task, copied, { at: FAR_AWAY });
    if (!task.dryRun) {
      const moves = accepted.map(({ jid, queue, payload }) => ({
        job: { jid, queue, payload, at: FAR_AWAY },
        payload,
      }));
      await task.to.store.moveAll({ set: "scheduled" }, moves, "dead");
    }
    const refused = left.filter(({ jid = "" }) => copied.refused.has(jid));
    left = refused.length < left.length ? refused : [];
  }
}

/** As a rule they stand in an order in which each comes behind what it waits for, or beside it. */
async function copyBlocked(task: MoveTask, copied: Copied): Promise<void> {
  const { from } = task;
  const place = { set: "blocked" } as const;
  /** Jids of those that are not copied yet, and of what they wait for. */
  const waiting = new Map<string, readonly string[]>();
  await eachSlice(task, place, async (jobs) => {
    for (const job of jobs) {
      waiting.set(job.jid ?? "", toEntry(job, undefined, true)?.prereqs ?? []);
    }
  });
  const copyAll = async (jobs: readonly StoredJob[]): Promise<void> => {
    await copy(jobs, task, copied, { isBlocked: true });
    for (const { jid = "" } of jobs) waiting.delete(jid);
  };
  await eachSlice(task, place, async (jobs) => {
    const ready = readyAmong(new Set(jobs.map(({ jid = "" }) => jid)), waiting);
    await copyAll(jobs.filter(({ jid = "" }) => ready.has(jid)));
  });
  for (let before = 0; waiting.size > 0 && waiting.size !== before;) {
    before = waiting.size;
    for (const jids of slicesInOrder(waiting)) {
      const found = await Promise.all(jids.map((jid) => from.store.find(place, jid)));
      await copyAll(found.flatMap((job) => job ?? []));
      // One that has left is met elsewhere.
      for (const jid of jids) waiting.delete(jid);
    }
  }
}

/** Those of some jobs that wait for nothing but what is copied, or each other. */
function readyAmong(
  jids: Set<string>,
  waiting: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  for (let before = -1; before !== jids.size;) {
    before = jids.size;
    for (const jid of jids) {
      const isReady = waiting.get(jid)?.every((prereq) => !waiting.has(prereq) || jids.has(prereq));
      if (isReady !== true) jids.delete(jid);
    }
  }
  return jids;
}

/** Each behind all that it waits for. */
function* slicesInOrder(
  waiting: ReadonlyMap<string, readonly string[]>,
): Generator<readonly string[], void, void> {
  const left = new Map<string, number>();
  const dependents = new Map<string, string[]>();
  const ready: string[] = [];
  for (const [jid, prereqs] of waiting) {
    const those = new Set(prereqs.filter((prereq) => waiting.has(prereq)));
    left.set(jid, those.size);
    for (const prereq of those) {
      const behind = dependents.get(prereq) ?? [];
      behind.push(jid);
      dependents.set(prereq, behind);
    }
    if (those.size === 0) ready.push(jid);
  }
  for (let first = 0; first < ready.length; first += 1) {
    for (const jid of dependents.get(ready[first] ?? "") ?? []) {
      const count = (left.get(jid) ?? 0) - 1;
      left.set(jid, count);
      if (count === 0) ready.push(jid);
    }
  }
  for (let first = 0; first < ready.length; first += SLICE) {
    yield ready.slice(first, first + SLICE);
  }
}
