import { isCommand, runnableNamed } from "../../job/registry.ts";
import { JobSet } from "../../inspection/job-set.ts";
import { queues } from "../../inspection/queue.ts";
import { processes, running } from "../../inspection/stats.ts";
import type { JobEntry } from "../../inspection/job-entry.ts";
import { countOf } from "../terminal/wording.ts";
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
  const lists = [
    ...(await queues(adapter)),
    new JobSet(adapter, "retry"),
    new JobSet(adapter, "scheduled"),
  ];
  for (const list of lists) {
    for await (const { className } of firstOf(list.each({}, { signal }))) {
      if (!isKnown(className)) {
        unknown.set(className, (unknown.get(className) ?? 0) + 1);
      }
    }
  }
  if (unknown.size === 0) {
    return [{ check, level: "ok", found: "all that wait are known here" }];
  }
  return [...unknown].map(([name, count]) => ({
    check,
    level: "wrong" as const,
    found: `${name || "(none)"} is unknown here, and ${countOf(count, "job")} of it wait`,
    todo: "Load its file, deploy it, or leave its queue to Ruby",
  }));
};

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
  const alive = new Set((await processes(adapter)).map(({ identity }) => identity));
  const orphaned = (await running(adapter)).filter(({ identity }) => !alive.has(identity));
  const check = "leases";
  return orphaned.length === 0
    ? [{ check, level: "ok", found: "no dead worker holds jobs" }]
    : [
        {
          check,
          level: "wrong",
          found: `${countOf(orphaned.length, "job")} held by workers that died: ${[...new Set(orphaned.map(({ identity }) => identity))].join(", ")}`,
          todo: "Start a worker: it returns them to their queues within a minute",
        },
      ];
};

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
    found: `${countOf(stuck.length, "job")} wait for jobs that are over, such as ${stuck[0]?.id}`,
    todo: "A worker hands them on; if one runs, mandate jobs promote JID",
  };
}

async function withoutPrereqs(
  adapter: Patient["adapter"],
  entries: readonly JobEntry[],
): Promise<JobEntry[]> {
  const named = entries.map(({ record }) => {
    const prereqs: unknown = record?.prereq_jobs;
    return Array.isArray(prereqs) ? prereqs.filter((jid) => typeof jid === "string") : [];
  });
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
