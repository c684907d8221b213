import type { WorkerState } from "../../adapters/job-store.ts";
import type { Finding } from "../../adapters/finding.ts";
import { counted, countOf, spoken } from "../../support/wording.ts";
import type { Check } from "./examination.ts";

/** Whether there is anybody who works. */
export const checkWorkers: Check = async ({ adapter }) => {
  const count = (await adapter.store.workers()).length;
  const check = "workers";
  return count > 0
    ? [{ check, level: "ok", found: `${counted(count)} worker process${count === 1 ? "" : "es"}` }]
    : [
        {
          check,
          level: "wrong",
          problem: "no-workers",
          found: "no worker process is alive",
          todo: "Start one",
        },
      ];
};

/** Jobs that a dead worker holds, and workers that may be dead. */
export const checkLeases: Check = async ({ adapter: { store } }) => {
  const workers = await store.workers();
  const alive = new Set(workers.map(({ identity }) => identity));
  const orphaned = (await store.running()).filter(({ identity }) => !alive.has(identity));
  const findings = [
    ...silentOnes(workers, await store.now()),
    ...(orphaned.length === 0 ? [] : [orphanedFinding(orphaned)]),
  ];
  return findings.length > 0
    ? findings
    : [{ check: "leases", level: "ok", found: "no dead worker holds jobs" }];
};

function orphanedFinding(orphaned: readonly { readonly identity: string }[]): Finding {
  const identities = [...new Set(orphaned.map(({ identity }) => identity))];
  return {
    check: "leases",
    level: "wrong",
    problem: "dead-worker-holds-jobs",
    found: `${countOf(orphaned.length, "job")} held by workers that died: ${identities.join(", ")}`,
    todo: "Start a worker: it returns them to their queues within a minute",
    jobs: orphaned.length,
    identities,
  };
}

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
            problem: "silent-worker",
            found: `worker ${identity} has given no sign of life for ${silence === undefined ? "a minute or more" : spoken(silence)}`,
            todo: "See whether it lives: if not, another takes its jobs once its lease has run out",
            identities: [identity],
            ...(silence === undefined ? {} : { seconds: silence }),
          },
        ];
  });
}
