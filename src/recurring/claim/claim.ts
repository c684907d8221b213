import type { Entry } from "../../adapters/adapter.ts";
import type { DocumentWrite } from "../../adapters/documents.ts";
import { timestamp } from "../../adapters/job-record.ts";
import { jidOfOccurrence, payloadFor, type Definition } from "../definition.ts";
import { hashOf } from "../schedule/hash-of.ts";
import type { Schedule } from "../schedule/schedule.ts";
import {
  jobDocument,
  textOf,
  type KeptJob,
  type StoredJob,
  type StoredRun,
} from "../store/stored-job.ts";
import { dueOf } from "./occurrences.ts";

/** What a recurring job's state becomes with the jobs of what is due. */
export interface Claim {
  readonly stored: StoredJob;
  readonly entries: readonly Entry[];
}

/** A claim, and the document that is written with its jobs, in one step. */
export interface ReadyClaim extends Claim {
  readonly given: DocumentWrite;
}

/**
 * The jobs of what is due, and the state that goes with them.
 *
 * @param isBusy Whether the job of the last occurrence has not ended.
 */
export function claimOf(
  { key, stored }: Pick<KeptJob, "key" | "stored">,
  definition: Definition,
  {
    schedule,
    now,
    isBusy,
  }: { readonly schedule: Schedule; readonly now: number; readonly isBusy: boolean },
): Claim {
  const { occurrences, until } = dueOf(definition, schedule, { after: stored.after, now });
  const runs: StoredRun[] = [...stored.runs];
  const entries: Entry[] = [];
  for (const at of occurrences) {
    const last = lastJid(runs);
    // Within one step the first is not there yet.
    const overlaps = entries.length > 0 || (isBusy && last !== undefined);
    if (overlaps && definition.overlap === "skip") {
      runs.unshift({ at, claimedAt: now });
      continue;
    }
    const jid = jidOfOccurrence(key, at);
    entries.push({
      jid,
      queue: definition.queue,
      payload: payloadFor(definition, { jid, at, createdAt: timestamp(now) }),
      remembered: true,
      ...(definition.priority === undefined ? {} : { priority: definition.priority }),
      ...(definition.jitter === undefined ? {} : { at: at + shift(key, at, definition.jitter) }),
      ...(overlaps && definition.overlap === "wait" && last !== undefined
        ? { prereqs: [last] }
        : {}),
    });
    runs.unshift({ at, claimedAt: now, jid });
  }
  // Clocks differ: what another worker has dealt with stays so.
  return { stored: { ...stored, after: Math.max(stored.after, until), runs }, entries };
}

/** Whether what is enqueued depends on the job of the last occurrence. */
export function needsLast({ overlap }: Definition, { runs }: StoredJob): string | undefined {
  return overlap === undefined ? undefined : lastJid(runs);
}

/** @param note What other workers are told. */
export function readyToSend(
  { key, version }: Pick<KeptJob, "key" | "version">,
  { entries, stored }: Claim,
  note: string | undefined,
): ReadyClaim {
  const told = note === undefined ? {} : { note };
  const given = { name: jobDocument(key), text: textOf(stored), version, ...told };
  return { entries, stored, given };
}

function lastJid(runs: readonly StoredRun[]): string | undefined {
  return runs.find(({ jid }) => jid !== undefined)?.jid;
}

/** Seconds, up to the jitter: always the same for an occurrence. */
function shift(key: string, at: number, jitter: number): number {
  return ((hashOf(`${key}\n${at}`) % 10_007) / 10_007) * jitter;
}
