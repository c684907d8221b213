import { jidOfOccurrence } from "../occurrence-job.ts";

/**
 * What came of one occurrence: when it was due (epoch seconds), and how many milliseconds later it
 * was claimed, by the store's clock. Its job has the occurrence's jid (`jidOfOccurrence`), which is
 * not written down, unless another follows, or 0 where it has none; and behind a 0 the jid of the
 * job that was in its place. In short, since all runs that are kept are written with each claim.
 */
export type StoredRun =
  | readonly [at: number, late: number]
  | readonly [at: number, late: number, jid: string | 0]
  | readonly [at: number, late: number, jid: 0, duplicateOf: string];

/** How many milliseconds after its time an occurrence was claimed; both epoch seconds. */
export function lateness(at: number, claimedAt: number): number {
  return Math.round((claimedAt - at) * 1000);
}

/** The jid of its job, if it has one. */
export function jidOfRun(key: string, [at, , jid]: StoredRun): string | undefined {
  return jid === undefined ? jidOfOccurrence(key, at) : jid === 0 ? undefined : jid;
}

/** The jid of the latest job. */
export function lastJid(key: string, runs: readonly StoredRun[]): string | undefined {
  const last = runs.find(([, , jid]) => jid !== 0);
  return last && jidOfRun(key, last);
}
