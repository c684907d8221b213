import { setTimeout as sleep } from "node:timers/promises";
import type { Lab } from "./lab.ts";
import type { Ability, Running, Subject, Took } from "./subject.ts";

/** Figures of one round, by name. */
export type Sample = Readonly<Record<string, number>>;

/** One thing that is measured, of every subject that can do it. */
export interface Measure {
  readonly name: string;
  readonly subjects: readonly Subject[];
  /** What its figures are in, and whether a larger one is better. */
  readonly figures: Readonly<Record<string, { readonly unit: string; readonly more: boolean }>>;
  /** On a Redis that writes its log to disk each second. */
  readonly appendonly?: boolean;
  /** Left out of a quick run. */
  readonly isLong?: boolean;
  /** How often it is done before rounds count. */
  readonly warmUps?: number;
  readonly once: (running: Running, lab: Lab, subject: Subject) => Promise<Sample>;
}

const RATE = { unit: "jobs/s", more: true };
const CPU = { unit: "ms per 1,000 jobs", more: false };
const MILLISECONDS = { unit: "ms", more: false };

/** All that `npm run bench` measures. */
export function allMeasures(subjects: readonly Subject[]): Measure[] {
  const able = (...wanted: readonly Ability[]): Subject[] =>
    subjects.filter(({ can }) => wanted.every((one) => can.has(one)));
  const events = subjects.filter(({ name }) => !name.startsWith("sidekiq"));
  const parallel = events.filter(({ can }) => !can.has("alone"));
  return [
    drain(1, events),
    drain(10, subjects),
    drain(100, parallel),
    drain(10, able("priorities"), "prioritised"),
    drain(10, able("limits"), "limited"),
    drain(10, able("unique"), "unique"),
    enqueue("sequential", subjects),
    enqueue("concurrent", events),
    enqueue("bulk", subjects),
    enqueue("unique", able("unique")),
    idleLatency(able("latency")),
    loadedLatency(able("latency", "store")),
    ...[1, 10, 100].map((ms) => timedJobs(ms, able("timed"))),
    memoryPerJob(able("store")),
    bytesPerJob(able("postgres")),
    scheduledLateness(able("timed")),
    references(able("referring")),
    { ...drain(10, able("store")), name: "drain at 10, appendonly", appendonly: true },
    {
      ...enqueue("sequential", able("store")),
      name: "enqueue sequential, appendonly",
      isLong: true,
      appendonly: true,
    },
    {
      ...enqueue("bulk", able("store")),
      name: "enqueue bulk, appendonly",
      isLong: true,
      appendonly: true,
    },
  ];
}

const MODES = {
  bulk: "",
  prioritised: " with priorities",
  limited: " with a limit that never bites",
  unique: " of unique jobs",
} as const;

function drain(
  concurrency: number,
  subjects: readonly Subject[],
  mode: keyof typeof MODES = "bulk",
): Measure {
  const name = `drain at ${concurrency}${MODES[mode]}`;
  return {
    name,
    subjects,
    figures: {
      rate: RATE,
      "worker CPU": CPU,
      "server CPU": CPU,
      "peak memory": { unit: "MB", more: false },
    },
    once: async (running, lab, subject) => {
      const count = lab.jobsFor(subject, name);
      await running.ask("enqueue", { count, mode });
      const [took, serverCpu] = await lab.withServerCpu(subject, () =>
        running.ask("drain", { count, concurrency }),
      );
      lab.took(subject, name, count / took.seconds);
      return {
        rate: count / took.seconds,
        "worker CPU": (took.cpuSeconds * 1e6) / count,
        ...serverFigure(serverCpu, count),
        "peak memory": (took.peakKb ?? NaN) / 1024,
      };
    },
  };
}

function enqueue(mode: string, subjects: readonly Subject[]): Measure {
  const name = `enqueue ${mode}`;
  return {
    name,
    subjects,
    figures: { rate: RATE, "process CPU": CPU, "server CPU": CPU },
    once: async (running, lab, subject) => {
      const count = lab.jobsFor(subject, name);
      const [took, serverCpu] = await lab.withServerCpu(subject, () =>
        running.ask("enqueue", { count, mode }),
      );
      lab.took(subject, name, count / took.seconds);
      if (["store", "postgres", "file"].every((where) => !subject.can.has(where as Ability))) {
        // What is in a process's memory has to be worked off.
        await running.ask("drain", { count, concurrency: 10 });
      }
      return {
        rate: count / took.seconds,
        "process CPU": (took.cpuSeconds * 1e6) / count,
        ...serverFigure(serverCpu, count),
      };
    },
  };
}

/** None of what is kept in the process itself. */
function serverFigure(seconds: number, count: number): Sample {
  return Number.isNaN(seconds) ? {} : { "server CPU": (seconds * 1e6) / count };
}

function idleLatency(subjects: readonly Subject[]): Measure {
  return {
    name: "latency on an idle worker",
    subjects,
    figures: { p50: MILLISECONDS, p99: MILLISECONDS },
    warmUps: 1,
    once: async (running, lab) => {
      const options = { count: lab.isQuick ? 150 : 1000, gapMs: 4 };
      return percentiles((await running.ask<Latencies>("latency", options)).latencies);
    },
  };
}

/** At half of what the subject drained at concurrency 10. */
function loadedLatency(subjects: readonly Subject[]): Measure {
  return {
    name: "latency at half of full load",
    subjects,
    figures: { p50: MILLISECONDS, p99: MILLISECONDS, load: { unit: "jobs/s", more: true } },
    warmUps: 0,
    once: async (running, lab, subject) => {
      const rate = (lab.rateOf(subject, "drain at 10") ?? 2000) / 2;
      const seconds = lab.isQuick ? 0.7 : 4;
      const count = Math.round(rate * seconds);
      const producer = await lab.open(subject);
      // Done before the others come: both processes find code that was not compiled yet.
      const first = Math.round(Math.min(lab.isQuick ? 3000 : 20_000, rate));
      await producer.ask("enqueue", { count: first, mode: "bulk" });
      const received = running.ask<Latencies>("receive", { count: count + first, concurrency: 10 });
      // Until the worker stands.
      await sleep(1000);
      const produced = await producer.ask("produce", { count, rate });
      const { latencies } = await received;
      await producer.close();
      const steady = latencies.slice(first + Math.ceil(count / 10));
      return { ...percentiles(steady), load: count / produced.seconds };
    },
  };
}

/** Jobs that only wait, by a timer: throughput as a share of concurrency / duration. */
function timedJobs(ms: number, subjects: readonly Subject[]): Measure {
  return {
    name: `jobs of ${ms} ms at 100`,
    isLong: ms !== 10,
    subjects,
    figures: { "of the ideal": { unit: "%", more: true } },
    warmUps: 1,
    once: async (running, lab) => {
      const concurrency = 100;
      const seconds = lab.isQuick ? 0.5 : 2;
      const count = concurrency * Math.max(2, Math.round((seconds * 1000) / ms / 2));
      await running.ask("enqueue", { count, mode: "bulk" });
      const took = await running.ask("drain", { count, concurrency, ms });
      return { "of the ideal": ((count * ms) / 1000 / concurrency / took.seconds) * 100 };
    },
  };
}

function memoryPerJob(subjects: readonly Subject[]): Measure {
  return {
    name: "Redis memory per waiting job",
    subjects,
    figures: { memory: { unit: "bytes", more: false } },
    warmUps: 0,
    once: async (running, lab) => {
      const count = lab.isQuick ? 5000 : 50_000;
      await running.ask("enqueue", { count: 100, mode: "bulk" });
      const before = await lab.redisMemory();
      await running.ask("enqueue", { count, mode: "bulk" });
      return { memory: ((await lab.redisMemory()) - before) / count };
    },
  };
}

/** On disk, with indexes. */
function bytesPerJob(subjects: readonly Subject[]): Measure {
  return {
    name: "Postgres bytes per waiting job",
    subjects,
    figures: { size: { unit: "bytes", more: false } },
    warmUps: 0,
    once: async (running, lab) => {
      const count = lab.isQuick ? 5000 : 50_000;
      await running.ask("enqueue", { count: 100, mode: "bulk" });
      const before = await lab.postgresSize();
      await running.ask("enqueue", { count, mode: "bulk" });
      return { size: ((await lab.postgresSize()) - before) / count };
    },
  };
}

function scheduledLateness(subjects: readonly Subject[]): Measure {
  return {
    name: "lateness of scheduled jobs while others are drained",
    subjects,
    figures: { p50: MILLISECONDS, p99: MILLISECONDS, drained: { unit: "jobs/s", more: true } },
    warmUps: 0,
    once: async (running, lab, subject) => {
      const [count, seconds] = lab.isQuick ? [300, 2] : [10_000, 60];
      const rate = lab.rateOf(subject, "drain at 10") ?? 2000;
      const waiting = Math.min(lab.isQuick ? 100_000 : 3_000_000, Math.round(rate * (seconds + 2)));
      const options = { count, seconds, waiting };
      const { latencies, drained } = await running.ask<Latencies & { drained: number }>(
        "scheduled",
        options,
      );
      return { ...percentiles(latencies), drained: drained / (seconds + 2) };
    },
  };
}

/** Five global ids in each job, whose records one query finds. */
function references(subjects: readonly Subject[]): Measure {
  const name = "drain at 10, five global ids";
  return {
    name,
    subjects,
    figures: { rate: RATE, "worker CPU": CPU },
    once: async (running, lab, subject) => {
      const count = lab.jobsFor(subject, name);
      await running.ask("enqueue", { count, mode: "referring" });
      const took = await running.ask<Took>("drain", { count, concurrency: 10 });
      lab.took(subject, name, count / took.seconds);
      return { rate: count / took.seconds, "worker CPU": (took.cpuSeconds * 1e6) / count };
    },
  };
}

interface Latencies {
  readonly latencies: readonly number[];
}

function percentiles(values: readonly number[]): Sample {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
