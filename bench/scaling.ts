// How the cost of one no-op command on Redis grows: with jobs that wait, queues, workers, jobs that are scheduled and jobs that are
// blocked. Each curve in rounds, its points one after the other in each, so that what the machine does besides hits all alike.
// Run: npm run build && npx tsx bench/scaling.ts [--quick] [--only queues,workers] [--rounds 3]
import { parseArgs } from "node:util";
import { workOff } from "./scaling/processes.ts";
import { Lab } from "./side-by-side/lab.ts";
import { allSubjects, type Subject, type Took } from "./side-by-side/subject.ts";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    rounds: { type: "string", default: "3" },
  },
});
const rounds = Number(options.rounds);
const measured = options.quick ? 5_000 : 30_000;
const most = options.quick ? 100_000 : 1_000_000;

/** Microseconds per job. */
type Cost = Readonly<Record<string, number>>;

interface Curve {
  readonly name: string;
  readonly points: readonly number[];
  readonly cost: (point: number) => Promise<Cost>;
}

const [subject] = allSubjects() as [Subject, ...Subject[]];
const lab = await Lab.open([], options.quick);

const powers = [1_000, 10_000, 100_000, 1_000_000].filter((point) => point <= most);
const curves: Curve[] = [
  { name: "waiting jobs", points: powers, cost: behind("bulk") },
  { name: "queues", points: [1, 10, 100], cost: overQueues },
  { name: "workers", points: [1, 2, 5, 10, 20], cost: withWorkers },
  { name: "processes", points: [1, 2, 4], cost: withProcesses },
  { name: "scheduled jobs", points: powers, cost: behind("scheduled") },
  {
    name: "blocked jobs",
    points: [0, ...powers.filter((point) => point < 1e6)],
    cost: behind("blocked"),
  },
];

for (const { name, points, cost } of curves.filter((curve) => isNamed(curve.name))) {
  const runs = new Map<number, Cost[]>(points.map((point) => [point, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const point of points) {
      await lab.empty();
      runs.get(point)?.push(await cost(point));
    }
  }
  print(name, runs);
}
await lab.close();

/** Enqueue and drain some jobs while many others are there. */
function behind(kind: "bulk" | "scheduled" | "blocked"): Curve["cost"] {
  return async (point) => {
    const running = await lab.open(subject);
    if (kind === "bulk") {
      await running.ask("enqueue", { count: point, mode: "bulk" });
    } else if (point > 0) {
      await running.ask("park", { count: point, kind });
    }
    const [enqueued, redisEnqueue] = await lab.withRedisCpu(() =>
      running.ask("enqueue", { count: measured, mode: "bulk" }),
    );
    const [drained, redisDrain] = await lab.withRedisCpu(() =>
      running.ask("drain", { count: measured, concurrency: 10 }),
    );
    await running.close();
    return {
      "enqueue, Redis CPU": per(redisEnqueue),
      "drain, Redis CPU": per(redisDrain),
      "enqueue, CPU": per(enqueued.cpuSeconds),
      "drain, CPU": per(drained.cpuSeconds),
      "drain, time": per(drained.seconds),
    };
  };
}

async function overQueues(queues: number): Promise<Cost> {
  const running = await lab.open(subject);
  await running.ask("enqueue", { count: measured, mode: "bulk", queues });
  const [drained, redis] = await lab.withRedisCpu(() =>
    running.ask("drain", { count: measured, concurrency: 10, queues }),
  );
  await running.close();
  return {
    "drain, Redis CPU": per(redis),
    "drain, CPU": per(drained.cpuSeconds),
    "drain, time": per(drained.seconds),
  };
}

/** Each in a process of its own. */
async function withWorkers(workers: number): Promise<Cost> {
  const all = await Promise.all(Array.from({ length: workers }, () => lab.open(subject)));
  await all[0]?.ask("enqueue", { count: measured, mode: "bulk" });
  const openAt = Date.now() + 1000 + workers * 200;
  const [took, redis] = await lab.withRedisCpu(() =>
    Promise.all(all.map((running) => running.ask<Took>("share", { concurrency: 10, openAt }))),
  );
  await Promise.all(all.map((running) => running.close()));
  return {
    "drain, Redis CPU": per(redis),
    "drain, CPU of all": per(took.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)),
    "drain, time": per(Math.max(...took.map(({ seconds }) => seconds))),
  };
}

/** As `mandate worker --processes N`. A fifth as many jobs compute for 200 microseconds. */
async function withProcesses(processes: number): Promise<Cost> {
  const jobs = options.quick ? measured : 5 * measured;
  const noop = await workOff({ url: lab.url, processes, jobs, microseconds: 0 });
  await lab.empty();
  const some = measured / 5;
  const busy = await workOff({ url: lab.url, processes, jobs: some, microseconds: 200 });
  return { "no-op, time": (noop * 1e6) / jobs, "200 us of computing, time": (busy * 1e6) / some };
}

function per(seconds: number): number {
  return (seconds * 1e6) / measured;
}

function print(name: string, runs: ReadonlyMap<number, readonly Cost[]>): void {
  const columns = Object.keys([...runs.values()][0]?.[0] ?? {});
  console.log(`\n${name}: microseconds per job, medians of ${rounds} rounds of ${measured} jobs`);
  console.log(name.padEnd(16) + columns.map((column) => column.padStart(27)).join(""));
  for (const [point, costs] of runs) {
    const medians = columns.map((column) => median(costs.map((cost) => cost[column] ?? NaN)));
    const shown = medians.map((value) => value.toFixed(2).padStart(27));
    console.log(point.toLocaleString("en").padEnd(16) + shown.join(""));
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? NaN;
}

function isNamed(name: string): boolean {
  return options.only === "" || options.only.split(",").some((one) => name.includes(one.trim()));
}
