import type { WorkerState } from "../../adapters/job-store.ts";
import { prereqsOf } from "../../job/record/recorded-prerequisites.ts";
import { isCommand, runnableNamed } from "../../job/declare/registry.ts";
import { JobSet } from "../../inspection/lists/job-set.ts";
import { queues } from "../../inspection/lists/queue.ts";
import { processes } from "../../inspection/figures/stats.ts";
import type { JobEntry } from "../../inspection/entries/job-entry.ts";
import { countOf, spoken } from "../../support/wording.ts";
import type { Check, Finding, Patient } from "./finding.ts";

/** Jobs of each place that are looked at. */
const LOOKED_AT = 1_000;

/** Classes on queues that nobody here can run. */
export const checkClasses: Check = async ({ adapter, knowsClasses, signal }) => {
  const check = "classes";
  if (!knowsClasses) {
    const found = "not compared: no commands were loaded";
    return [{ check, level: "ok", found: `${found}; give -r ./commands for that` }];
  }
  const unknown = new Map<string, number>();
  let unreadable = 0;
  const lists = [
    ...(await queues(adapter)),
    new JobSet(adapter, "retry"),
    new JobSet(adapter, "scheduled"),
  ];
  for (const list of lists) {
    for await (const { className } of firstOf(list.each({}, { signal }))) {
      if (className === "") {
        unreadable += 1;
      } else if (!isKnown(className)) {
        unknown.set(className, (unknown.get(className) ?? 0) + 1);
      }
    }
  }
  const findings: Finding[] = [];
  if (unknown.size > 0) {
    const todo = (await isRubyThere(adapter))
      ? "Load their files, deploy them, or leave their queues to Ruby"
      : "Load their files (-r), deploy them, or name them in formerNames of what they are called now";
    findings.push({ check, level: "wrong", found: `unknown here: ${numbered(unknown)}`, todo });
  }
  if (unreadable > 0) {
    const found = `${countOf(unreadable, "waiting job")} cannot be read`;
    const todo = "A worker moves them to the dead set: find out who enqueues them";
    findings.push({ check: "payloads", level: "wrong", found, todo });
  }
  return findings.length > 0
    ? findings
    : [{ check, level: "ok", found: "all that wait are known here" }];
};

/** Names that are shown of many. */
const NAMED = 10;

/** "SendMail (1,000 jobs), CleanUp (1 job) and 3 more", the most jobs first. */
function numbered(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].toSorted(([, one], [, other]) => other - one);
  const shown = sorted.slice(0, NAMED).map(([name, count]) => `${name} (${countOf(count, "job")})`);
  const more = sorted.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

async function isRubyThere(adapter: Patient["adapter"]): Promise<boolean> {
  return (await processes(adapter)).some(({ library }) => library !== "mandate");
}

function isKnown(name: string): boolean {
  return (["command", "job"] as const).some((kind) => {
    try {
      return isCommand(runnableNamed(name, kind)) === (kind === "command");
    } catch {
      return false;
    }
  });
}

/** Jobs that a dead worker holds. */
export const checkLeases: Check = async ({ adapter }) => {
  const workers = await adapter.store.workers();
  const alive = new Set(workers.map(({ identity }) => identity));
  const silent = silentOnes(workers, await adapter.store.now());
  const orphaned = (await adapter.store.running()).filter(({ identity }) => !alive.has(identity));
  const check = "leases";
  return orphaned.length === 0
    ? silent.length > 0
      ? silent
      : [{ check, level: "ok", found: "no dead worker holds jobs" }]
    : [
        ...silent,
        {
          check,
          level: "wrong",
          found: `${countOf(orphaned.length, "job")} held by workers that died: ${[...new Set(orphaned.map(({ identity }) => identity))].join(", ")}`,
          todo: "Start a worker: it returns them to their queues within a minute",
        },
      ];
};

/** Seconds: a worker gives a sign of life each ten, and more often where its lease is short. */
const SILENT_AFTER = 30;

/** Workers that may be dead: they are listed until their leases run out. */
function silentOnes(workers: readonly WorkerState[], now: number): Finding[] {
  return workers.flatMap(({ identity, seenAt }): Finding[] => {
    const silence = seenAt === undefined ? undefined : now - seenAt;
    return silence !== undefined && silence <= SILENT_AFTER
      ? []
      : [
          {
            check: "leases",
            level: "warning",
            found: `worker ${identity} has given no sign of life for ${silence === undefined ? "a minute or more" : spoken(silence)}`,
            todo: "See whether it lives: if not, another takes its jobs once its lease has run out",
          },
        ];
  });
}

/** Jobs that wait for what will not end any more. */
export const checkBlocked: Check = async ({ adapter, signal }) => {
  const check = "blocked";
  const stuck: JobEntry[] = [];
  let slice: JobEntry[] = [];
  let count = 0;
  for await (const entry of firstOf(new JobSet(adapter, "blocked").each({}, { signal }))) {
    slice.push(entry);
    count += 1;
    if (slice.length === 100) {
      stuck.push(...(await withoutPrereqs(adapter, slice)));
      slice = [];
    }
  }
  stuck.push(...(await withoutPrereqs(adapter, slice)));
  return stuck.length === 0
    ? [{ check, level: "ok", found: `${countOf(count, "blocked job")} looked at` }]
    : [stuckFinding(check, stuck)];
};

function stuckFinding(check: string, stuck: readonly JobEntry[]): Finding {
  return {
    check,
    level: "wrong",
    found: `${countOf(stuck.length, "job")} blocked by nothing but jobs that are over`,
    todo: `Start a worker: it hands them on. If one runs: mandate jobs promote ${stuck[0]?.id}`,
  };
}

async function withoutPrereqs(
  adapter: Patient["adapter"],
  entries: readonly JobEntry[],
): Promise<JobEntry[]> {
  const named = entries.map(({ record }) => (record && prereqsOf(record)) ?? []);
  const open = new Set(await adapter.unfinished([...new Set(named.flat())]));
  // One that does not say what it waits for cannot be judged.
  return entries.filter((_, index) => {
    const prereqs = named[index] ?? [];
    return prereqs.length > 0 && !prereqs.some((jid) => open.has(jid));
  });
}

async function* firstOf<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item, void, void> {
  let left = LOOKED_AT;
  for await (const item of items) {
    if (left === 0) {
      return;
    }
    left -= 1;
    yield item;
  }
}
