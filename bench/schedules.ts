/*
 * What the next occurrence of a schedule costs, beside croner and cron-parser:
 *
 *     npm install --prefix bench --no-package-lock && npx tsx bench/schedules.ts
 *
 * Each goes on from its own last answer, so that a round sees clocks change. The median of the
 * rounds counts. Exits with 1 above the limit.
 */
import { Schedule } from "../src/recurring/schedule/schedule.ts";

const limitInMicroseconds = 20;
const rounds = 15;
const steps = 2_000;
/** Not installed with the rest, and so not typed. */
const PEERS = "schedule-peers.mjs";
const start = new Date("2026-01-01T00:00:00Z");

type Next = (after: Date) => Date;
type Subject = (cron: string, timeZone: string) => Next;

const schedules: readonly (readonly [cron: string, timeZone: string])[] = [
  ["*/5 * * * *", "UTC"],
  ["*/5 * * * *", "America/New_York"],
  ["30 2 * * *", "America/New_York"],
  ["0 9 * * 1-5", "Europe/Amsterdam"],
  ["0 0 1 */3 *", "Australia/Lord_Howe"],
  ["15 10 29 2 *", "Europe/Amsterdam"],
];

const { peers } = (await import(new URL(PEERS, import.meta.url).href)) as {
  readonly peers: Readonly<Record<string, Subject>>;
};
const subjects: Readonly<Record<string, Subject>> = {
  mandate: (cron, timeZone) => {
    const schedule = Schedule.parse(cron, { timeZone });
    return (after) => schedule.next(after) as Date;
  },
  ...peers,
};

let slowest = 0;
console.log("Microseconds for the next occurrence");
for (const [cron, timeZone] of schedules) {
  const found = Object.entries(subjects).map(([name, subject]) => {
    const microseconds = measure(subject(cron, timeZone), cron.includes("29 2") ? 50 : steps);
    if (name === "mandate") slowest = Math.max(slowest, microseconds);
    return `${name} ${microseconds.toFixed(2)}`;
  });
  console.log(`${`${cron} ${timeZone}`.padEnd(36)} ${found.join("   ")}`);
}
console.log(`The slowest of ours takes ${slowest.toFixed(2)}, and may take ${limitInMicroseconds}`);
process.exitCode = slowest > limitInMicroseconds ? 1 : 0;

function measure(next: Next, count: number): number {
  const times = Array.from({ length: rounds }, () => {
    let time = start;
    const began = performance.now();
    for (let step = 0; step < count; step += 1) time = next(time);
    return ((performance.now() - began) * 1000) / count;
  });
  return times.toSorted((one, other) => one - other)[Math.floor(rounds / 2)] as number;
}
