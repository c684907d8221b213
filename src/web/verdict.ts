import type { Snapshot } from "../inspection/figures/snapshot.ts";
import type { DayCounters } from "../adapters/job-store.ts";
import { counted, spoken } from "../support/wording.ts";
import type { Translate } from "./texts/texts.ts";

/** How things are, in a word. */
type Level = "ok" | "warning" | "wrong";

/** One reason for a verdict, and where more of it is to be seen. */
export interface Concern {
  readonly level: Exclude<Level, "ok">;
  readonly text: string;
  /** A path of the dashboard, with its query. */
  readonly at: readonly [path: string, query?: Readonly<Record<string, string>>];
}

/** Seconds for which a queue may wait. */
const SLOW = 60;
const TOO_SLOW = 600;
/** Shares of runs of today that failed. */
const MANY = 0.02;
const TOO_MANY = 0.1;
/** So few runs say nothing. */
const ENOUGH = 20;
const FULL = 0.85;

/** What is not as it should be, the worst first. */
export function concernsOf(
  { queues, processes, running }: Snapshot,
  today: DayCounters | undefined,
  t: Translate,
): readonly Concern[] {
  const concerns: Concern[] = [];
  const waiting = queues.filter(({ size }) => size > 0);
  if (waiting.length > 0 && processes.length === 0) {
    concerns.push({
      level: "wrong",
      text: t("No worker is alive, and jobs wait"),
      at: ["/processes"],
    });
  }
  for (const { name, latency, paused, size } of waiting) {
    const at = ["/queues/q", { name }] as const;
    if (paused) {
      const text =
        size === 1
          ? t("Queue {name} is paused with one job", { name })
          : t("Queue {name} is paused with {count} jobs", { name, count: counted(size) });
      concerns.push({ level: "warning", text, at });
    } else if (latency > SLOW) {
      const text = t("Queue {name} waits for {time}", { name, time: spoken(latency) });
      concerns.push({ level: latency > TOO_SLOW ? "wrong" : "warning", text, at });
    }
  }
  const { processed = 0, failed = 0 } = today ?? {};
  const share = processed === 0 ? 0 : failed / processed;
  if (processed >= ENOUGH && share >= MANY) {
    const text = t("{share} % of today's runs failed", { share: (share * 100).toFixed(1) });
    concerns.push({ level: share >= TOO_MANY ? "wrong" : "warning", text, at: ["/errors"] });
  }
  const slots = processes.reduce((sum, { concurrency }) => sum + concurrency, 0);
  if (slots > 0 && waiting.length > 0 && running.length / slots >= FULL) {
    const text = t("{busy} of {slots} slots are busy, and jobs wait", {
      busy: running.length,
      slots,
    });
    concerns.push({ level: "warning", text, at: ["/processes"] });
  }
  return concerns.toSorted((one, other) => rank(one) - rank(other));
}

function rank({ level }: Concern): number {
  return level === "wrong" ? 0 : 1;
}
