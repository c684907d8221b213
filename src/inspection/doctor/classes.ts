import type { Adapter } from "../../adapters/adapter.ts";
import type { Finding } from "../../adapters/finding.ts";
import { isCommand, runnableNamed } from "../../job/declare/registry.ts";
import { countOf } from "../../support/wording.ts";
import { JobSet } from "../lists/job-set.ts";
import { queues } from "../lists/queue.ts";
import { processes } from "../figures/stats.ts";
import { firstOf, until, type Check, type Examination } from "./examination.ts";

/** Classes of waiting jobs that nobody here can run. */
export const checkClasses: Check = async (examination) => {
  const check = "classes";
  if (!examination.knowsClasses) {
    return [{ check, level: "ok", found: "not compared: no commands were loaded" }];
  }
  const { unknown, unreadable } = await survey(examination);
  const findings = [
    ...(unknown.size > 0 ? [await unknownFinding(examination.adapter, unknown)] : []),
    ...(unreadable > 0 ? [unreadableFinding(unreadable)] : []),
  ];
  return findings.length > 0
    ? findings
    : [{ check, level: "ok", found: "all that wait are known here" }];
};

interface Survey {
  /** How many jobs by class, the most first. */
  readonly unknown: ReadonlyMap<string, number>;
  readonly unreadable: number;
}

async function survey({ adapter, signal }: Examination): Promise<Survey> {
  const unknown = new Map<string, number>();
  let unreadable = 0;
  const lists = [
    ...(await queues(adapter)),
    new JobSet(adapter, "retry"),
    new JobSet(adapter, "scheduled"),
  ];
  for (const list of lists) {
    for await (const { className } of firstOf(list.each({}, until(signal)))) {
      if (className === "") {
        unreadable += 1;
      } else if (!isKnown(className)) {
        unknown.set(className, (unknown.get(className) ?? 0) + 1);
      }
    }
  }
  const sorted = [...unknown].toSorted(([, one], [, other]) => other - one);
  return { unknown: new Map(sorted), unreadable };
}

/** Whether a command or job of that name is registered here. */
export function isKnown(name: string): boolean {
  return (["command", "job"] as const).some((kind) => {
    try {
      return isCommand(runnableNamed(name, kind)) === (kind === "command");
    } catch {
      return false;
    }
  });
}

async function unknownFinding(adapter: Adapter, unknown: Survey["unknown"]): Promise<Finding> {
  const isRubyThere = (await processes(adapter)).some(({ library }) => library !== "mandate");
  return {
    check: "classes",
    level: "wrong",
    problem: isRubyThere ? "unknown-classes-beside-ruby" : "unknown-classes",
    found: `unknown here: ${numbered(unknown)}`,
    todo: isRubyThere
      ? "Load their files, deploy them, or leave their queues to Ruby"
      : "Load their files, deploy them, or name them in formerNames of what they are called now",
    jobs: [...unknown.values()].reduce((sum, count) => sum + count, 0),
    classes: Object.fromEntries(unknown),
  };
}

function unreadableFinding(jobs: number): Finding {
  return {
    check: "payloads",
    level: "wrong",
    problem: "unreadable-payloads",
    found: `${countOf(jobs, "waiting job")} cannot be read`,
    todo: "A worker moves them to the dead set: find out who enqueues them",
    jobs,
  };
}

/** Names that are shown of many. */
const NAMED = 10;

/** "SendMail (1,000 jobs), CleanUp (1 job) and 3 more". */
function numbered(counts: Survey["unknown"]): string {
  const shown = [...counts]
    .slice(0, NAMED)
    .map(([name, count]) => `${name} (${countOf(count, "job")})`);
  const more = counts.size - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
