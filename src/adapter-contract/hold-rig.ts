import type { EnqueueAnswer } from "../adapters/enqueue-answer.ts";
import type { Hold, Rate } from "../adapters/hold.ts";
import type { Holds } from "../adapters/holds.ts";
import { done, namesOf } from "./jobs.ts";
import { Rig, type CreateStore, type EntryOptions } from "./rig.ts";

/** A rig on a store with holds. */
export interface HoldRig {
  readonly rig: Rig;
  readonly holds: Holds;
}

/** @param skip leaves out the test of a store that has none. */
export async function openHolds(
  create: CreateStore,
  skip: (reason: string) => never,
): Promise<HoldRig> {
  const rig = await Rig.open(create);
  const { capabilities, holds } = rig.adapter;
  return { rig, holds: (capabilities.holds ? holds : undefined) ?? skip("keeps no holds") };
}

/** Key k, until its job is over. */
export function unique(more: Partial<Hold> = {}): Hold {
  return { key: "k", from: "enqueue", until: "finished", whenFull: "refuse", ...more };
}

/** As `unique`, but those that come later wait. */
export function inLine(more: Partial<Hold> = {}): Hold {
  return unique({ whenFull: "park", ...more });
}

/** As `unique`, but one that waits becomes the one that comes later. */
export function latest(more: Partial<Hold> = {}): Hold {
  return unique({ whenFull: "replace", ...more });
}

/** One at a time of key k. */
export function turn(more: Partial<Hold> = {}): Hold {
  return { key: "k", from: "fetch", until: "settled", whenFull: "park", ...more };
}

/** A token of key k. */
export function token(rate: Rate, more: Partial<Hold> = {}): Hold {
  return turn({ until: "fetched", rate, ...more });
}

/** Enqueues jobs with the same holds, in one call. */
export async function offer(
  rig: Rig,
  names: readonly string[],
  options: EntryOptions,
): Promise<EnqueueAnswer> {
  return rig.adapter.enqueue(await Promise.all(names.map((name) => rig.entry(name, options))));
}

/** Whether a job that wants the key alone is accepted, or who is in its way. */
export async function ask(rig: Rig, name: string, hold: Hold): Promise<string> {
  const { refused } = await offer(rig, [name], { holds: [hold], queue: "asking" });
  return refused.length === 0
    ? "accepted"
    : `${refused[0]?.how} by ${nameOfJid(refused[0]?.holder)}`;
}

/** Of a job that a test named. */
export function nameOfJid(of: string | undefined): string | undefined {
  return of === undefined ? undefined : Buffer.from(of, "hex").toString().replaceAll("\0", "");
}

export async function holdersOf(holds: Holds, key = "k"): Promise<(string | undefined)[]> {
  const { holders } = await holds.holders(key, undefined, 100);
  return holders.map(({ holder }) => nameOfJid(holder));
}

/**
 * Names in the order in which a worker of its own gets them, one fetch after the other.
 *
 * @param most fetches
 */
export async function runAll(rig: Rig, most = 20): Promise<string[]> {
  const lease = await rig.lease();
  const names: string[] = [];
  for (let left = most; left > 0; left -= 1) {
    await rig.releaseBlocked();
    const jobs = await lease.fetch(1);
    if (jobs.length === 0) {
      break;
    }
    names.push(...namesOf(jobs));
    await lease.settle(...jobs.map(done));
  }
  await lease.close();
  return names;
}
