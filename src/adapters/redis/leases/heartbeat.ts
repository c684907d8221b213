import { readFileSync } from "node:fs";
import type { LeaseOptions } from "../../adapter.ts";
import type { WorkerInfo } from "../../job-store.ts";

/** What one renewal of a lease tells Redis. */
export interface Beat {
  readonly ttl: number;
  /** What our own reading API shows, JSON; "" leaves it as it was. */
  readonly shown: string;
  /** What Sidekiq's shows, JSON. */
  readonly info: string;
  readonly concurrency: number;
  readonly busy: number;
  readonly quiet: boolean;
  /** Microseconds that the last beat took. */
  readonly roundTrip: number;
  /** Resident, in KB. */
  readonly memory: number;
}

export function beatOf(options: LeaseOptions, roundTrip: number): Beat {
  const { identity, ttl, info } = options;
  const state = options.state();
  const rss = process.memoryUsage.rss();
  return {
    ttl,
    shown: JSON.stringify({ ...info, ...state, rss }),
    info: sidekiqInfo(identity, info),
    concurrency: info.concurrency,
    ...state,
    roundTrip,
    memory: Math.round(rss / 1024),
  };
}

/** The signal for a worker that a beat's answer brings. */
export function signalIn(name: string | undefined): "TSTP" | "TERM" | "TTIN" | undefined {
  return name === "TSTP" || name === "TERM" || name === "TTIN" ? name : undefined;
}

/** @see Sidekiq 8.1 `launcher.rb`, with what versions 6.4 and 7 read besides. */
function sidekiqInfo(identity: string, info: WorkerInfo): string {
  const { hostname, pid, tag, startedAt, concurrency, queues } = info;
  const weights = Object.fromEntries(queues);
  const isStrict = queues.every(([, weight]) => weight === 0);
  const isRandom = queues.every(([, weight]) => weight === 1);
  const mode = isStrict ? "strict" : isRandom ? "random" : "weighted";
  return JSON.stringify({
    hostname,
    started_at: startedAt,
    pid,
    tag,
    concurrency,
    queues: queues.map(([name]) => name),
    weights: [weights],
    capsules: { default: { concurrency, mode, weights } },
    labels: ["mandate"],
    identity,
    version: version(),
    embedded: false,
  });
}

let known: string | undefined;

function version(): string {
  known ??= readVersion();
  return known;
}

/** Beside the folder that this runs from, src or dist; a bundled application may not have it. */
function readVersion(): string {
  try {
    const file = new URL("../../../../package.json", import.meta.url);
    return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  } catch {
    return "unknown";
  }
}
