import type { Adapter } from "../../adapters/adapter.ts";
import type { Finding } from "../../adapters/finding.ts";
import { prereqsOf } from "../../job/record/recorded-prerequisites.ts";
import { countOf } from "../../support/wording.ts";
import type { JobEntry } from "../entries/job-entry.ts";
import { JobSet } from "../lists/job-set.ts";
import { firstOf, until, type Check } from "./examination.ts";

const SLICE = 100;

/** Jobs that wait for what will not end any more. */
export const checkBlocked: Check = async ({ adapter, signal }) => {
  const stuck: JobEntry[] = [];
  let slice: JobEntry[] = [];
  let count = 0;
  for await (const entry of firstOf(new JobSet(adapter, "blocked").each({}, until(signal)))) {
    slice.push(entry);
    count += 1;
    if (slice.length === SLICE) {
      stuck.push(...(await withoutPrereqs(adapter, slice)));
      slice = [];
    }
  }
  stuck.push(...(await withoutPrereqs(adapter, slice)));
  return [
    stuck.length === 0
      ? { check: "blocked", level: "ok", found: `${countOf(count, "blocked job")} looked at` }
      : stuckFinding(stuck),
  ];
};

function stuckFinding(stuck: readonly JobEntry[]): Finding {
  const jid = stuck[0]?.id;
  return {
    check: "blocked",
    level: "wrong",
    problem: "blocked-by-nothing",
    found: `${countOf(stuck.length, "job")} blocked by nothing but jobs that are over`,
    todo: "Start a worker: it hands them on. If one runs, promote them",
    jobs: stuck.length,
    ...(jid === undefined ? {} : { jid }),
  };
}

async function withoutPrereqs(adapter: Adapter, entries: readonly JobEntry[]): Promise<JobEntry[]> {
  const named = entries.map(({ record }) => (record && prereqsOf(record)) ?? []);
  const open = new Set(await adapter.unfinished([...new Set(named.flat())]));
  // A job that does not say what it waits for cannot be judged.
  return entries.filter((_, index) => {
    const prereqs = named[index] ?? [];
    return prereqs.length > 0 && !prereqs.some((jid) => open.has(jid));
  });
}
