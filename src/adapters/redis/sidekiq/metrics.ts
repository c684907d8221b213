import type { Outcome } from "../../adapter.ts";
import { isFailed, isProcessed } from "./counted.ts";
import type { RedisContext } from "../redis-context.ts";
import { script, type Script } from "../scripts/script.ts";

/** Upper bounds in milliseconds, as Sidekiq 7 and 8 have them; the last bucket has none. */
const BUCKETS = [
  20, 30, 45, 65, 100, 150, 225, 335, 500, 750, 1100, 1700, 2500, 3800, 5750, 8500, 13_000, 20_000,
  30_000, 45_000, 65_000, 100_000, 150_000, 225_000, 335_000,
];
const EIGHT_HOURS = 28_800;
const THREE_DAYS = 259_200;

/** What a key's counters go up by. */
interface Sums {
  /** Fields of a hash; or 16-bit counters, by number, in a string. */
  readonly kind: "hash" | "bits";
  readonly key: string;
  /** Seconds. */
  readonly timeToLive: number;
  /** Field or number, and by how much. */
  readonly sums: readonly (readonly [counter: string | number, by: number])[];
}

const addUpScript: Script<readonly Sums[], void> = script("add-up", {
  encode: (all) =>
    all.flatMap(({ kind, key, timeToLive, sums }) => {
      return sums.length === 0 ? [] : [kind, key, timeToLive, 2 * sums.length, ...sums.flat()];
    }),
  decode: () => undefined,
});

interface Runs {
  processed: number;
  failed: number;
  milliseconds: number;
  readonly buckets: Map<number, number>;
}

/**
 * Counts runs by class, and hands the counts to Redis with each heartbeat, where the metrics page
 * of Sidekiq's Web UI looks. What could not be handed over is forgotten: these are no accounts.
 *
 * @see Sidekiq 8.1 `metrics/tracking.rb`, and 7.3's, which has other names for the same
 */
export class Metrics {
  readonly #context: Pick<RedisContext, "run">;
  readonly #version: 7 | 8;
  #runs = new Map<string, Runs>();

  constructor(context: Pick<RedisContext, "run">, version: 7 | 8) {
    this.#context = context;
    this.#version = version;
  }

  count(outcome: Outcome): void {
    if (!isProcessed(outcome)) {
      return;
    }
    const name = nameIn(outcome.job.payload);
    let runs = this.#runs.get(name);
    if (runs === undefined) {
      runs = { processed: 0, failed: 0, milliseconds: 0, buckets: new Map() };
      this.#runs.set(name, runs);
    }
    runs.processed += 1;
    if (isFailed(outcome)) {
      runs.failed += 1;
    } else {
      const milliseconds = (outcome.seconds ?? 0) * 1000;
      const bucket = bucketOf(milliseconds);
      runs.milliseconds += milliseconds;
      runs.buckets.set(bucket, (runs.buckets.get(bucket) ?? 0) + 1);
    }
  }

  /** @param at Epoch seconds: in whose minute they count. */
  async flush(at: number): Promise<void> {
    const runs = this.#runs;
    this.#runs = new Map();
    if (runs.size > 0) {
      const sums = this.#version === 8 ? asSidekiq8(runs, at) : asSidekiq7(runs, at);
      await this.#context.run(addUpScript, sums).catch(() => undefined);
    }
  }
}

function asSidekiq8(all: ReadonlyMap<string, Runs>, at: number): Sums[] {
  const { year, month, day, hour, minute } = utc(at);
  const day8 = `${pad(year % 100)}${pad(month)}${pad(day)}`;
  const key = `j|${day8}|${hour}:${pad(minute)}`;
  return [
    ...histograms(all, (name) => `h|${name}-${day}-${hour}:${minute}`),
    { kind: "hash", key, timeToLive: EIGHT_HOURS, sums: totals(all) },
    { kind: "hash", key: key.slice(0, -1), timeToLive: THREE_DAYS, sums: totals(all) },
  ];
}

function asSidekiq7(all: ReadonlyMap<string, Runs>, at: number): Sums[] {
  const { year, month, day, hour, minute } = utc(at);
  const key = `j|${year}${pad(month)}${pad(day)}|${hour}:${minute}`;
  return [
    ...histograms(all, (name) => `${name}-${pad(day)}-${pad(hour)}:${minute}`),
    { kind: "hash", key, timeToLive: EIGHT_HOURS, sums: totals(all) },
  ];
}

function histograms(all: ReadonlyMap<string, Runs>, keyOf: (name: string) => string): Sums[] {
  return [...all].map(([name, { buckets }]) => {
    return { kind: "bits", key: keyOf(name), timeToLive: EIGHT_HOURS, sums: [...buckets] };
  });
}

function totals(all: ReadonlyMap<string, Runs>): Sums["sums"] {
  const sums = [...all].flatMap(([name, { processed, failed, milliseconds }]) => [
    [`${name}|p`, processed] as const,
    [`${name}|f`, failed] as const,
    [`${name}|ms`, Math.round(milliseconds)] as const,
  ]);
  return sums.filter(([, count]) => count > 0);
}

function bucketOf(milliseconds: number): number {
  const bucket = BUCKETS.findIndex((bound) => milliseconds < bound);
  return bucket === -1 ? BUCKETS.length : bucket;
}

const COMMAND = '{"class":"MandateJob","args":["';
const CLASS = '{"class":"';

/**
 * The command's name, or the class's. Read from the front of the text, where it stands if it was
 * written here.
 */
function nameIn(payload: string): string {
  if (payload.startsWith(COMMAND)) {
    return payload.slice(COMMAND.length, payload.indexOf('"', COMMAND.length));
  }
  if (payload.startsWith(CLASS) && !payload.includes('"wrapped"')) {
    return payload.slice(CLASS.length, payload.indexOf('"', CLASS.length));
  }
  try {
    const { class: name, wrapped } = Object(JSON.parse(payload)) as Record<string, unknown>;
    return String(wrapped ?? name);
  } catch {
    return "?";
  }
}

function utc(at: number): Record<"year" | "month" | "day" | "hour" | "minute", number> {
  const date = new Date(at * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
  };
}

function pad(number: number): string {
  return String(number).padStart(2, "0");
}
