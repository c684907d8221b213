import type { Entry } from "../../adapters/adapter.ts";
import type { DocumentWrite } from "../../adapters/documents.ts";
import type { Refusal } from "../../adapters/enqueue-answer.ts";
import type { TimeUnit } from "../../adapters/job-record.ts";
import type { Definition } from "../definition.ts";
import { entryOf, jidOfOccurrence } from "../occurrence-job.ts";
import { hashOf } from "../schedule/hash-of.ts";
import type { Schedule } from "../schedule/schedule.ts";
import { jobDocument, textOf, type KeptJob, type StoredJob } from "../store/stored-job.ts";
import { jidOfRun, lastJid, lateness, type StoredRun } from "../store/stored-run.ts";
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
    timestamps,
  }: {
    readonly schedule: Schedule;
    readonly now: number;
    readonly isBusy: boolean;
    readonly timestamps?: TimeUnit | undefined;
  },
): Claim {
  const { occurrences, until } = dueOf(definition, schedule, { after: stored.after, now });
  const runs: StoredRun[] = [...stored.runs];
  const entries: Entry[] = [];
  for (const at of occurrences) {
    const last = definition.overlap === undefined ? undefined : lastJid(key, runs);
    const late = lateness(at, now);
    // Within one step the first is not there yet.
    const overlaps = entries.length > 0 || (isBusy && last !== undefined);
    if (overlaps && definition.overlap === "skip") {
      runs.unshift([at, late, 0]);
      continue;
    }
    const jid = jidOfOccurrence(key, at);
    const due =
      definition.jitter === undefined ? undefined : at + shift(key, at, definition.jitter);
    entries.push({
      ...entryOf(definition, { jid, at, now, due, timestamps }),
      remembered: true,
      ...(overlaps && definition.overlap === "wait" && last !== undefined
        ? { prereqs: [last] }
        : {}),
    });
    runs.unshift([at, late]);
  }
  // Clocks differ: what another worker has dealt with stays so.
  return { stored: { ...stored, after: Math.max(stored.after, until), runs }, entries };
}

/** Whether what is enqueued depends on the job of the last occurrence. */
export function needsLast({ key, overlap }: Definition, { runs }: StoredJob): string | undefined {
  return overlap === undefined ? undefined : lastJid(key, runs);
}

/** A state that says of jobs which the store did not take whose place that was. */
export function withRefusals(
  { key, stored }: Pick<KeptJob, "key" | "stored">,
  refused: readonly Refusal[],
): StoredJob {
  const byJid = new Map(refused.map((refusal) => [refusal.jid, refusal]));
  const runs = stored.runs.map((run) => {
    const refusal = byJid.get(jidOfRun(key, run) ?? "");
    return refusal === undefined ? run : refusedRun(run, refusal);
  });
  return { ...stored, runs };
}

/** One that replaced another became that one. */
function refusedRun([at, late]: StoredRun, { holder, how }: Refusal): StoredRun {
  if (holder === undefined) return [at, late, 0];
  return how === "replaced" ? [at, late, holder] : [at, late, 0, holder];
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

/** Seconds, up to the jitter: always the same for an occurrence. */
function shift(key: string, at: number, jitter: number): number {
  return ((hashOf(`${key}\n${at}`) % 10_007) / 10_007) * jitter;
}
