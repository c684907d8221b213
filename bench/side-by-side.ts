// This library beside the systems people use instead, all on one redis-server that this starts, in interleaved rounds.
// Run: npm run bench [-- --quick] [--only "=drain at 10,bulk"] [--subjects bullmq] [--rounds 5] [--json results.json]
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { Lab } from "./side-by-side/lab.ts";
import { allMeasures, type Measure, type Sample } from "./side-by-side/measures.ts";
import { resultsOf, tableOf, type Result } from "./side-by-side/report.ts";
import { allSubjects, type Running, type Subject } from "./side-by-side/subject.ts";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    subjects: { type: "string", default: "" },
    rounds: { type: "string" },
    json: { type: "string" },
  },
});
const QUICK_SUBJECTS = "mandate-memory,bullmq,bee-queue,sidekiq,floor";
/** In a quick run these are measured once, to see where they stand. */
const QUICK_ONCE: readonly string[] = ["mandate-memory", "sidekiq"];
const LONGEST_QUICK_RUN_MS = 150_000;
const isQuick = options.quick;
const rounds = Number(options.rounds ?? (isQuick ? 2 : 5));
const wanted = options.subjects !== "" || !isQuick ? options.subjects : QUICK_SUBJECTS;
const subjects = allSubjects().filter(
  ({ name }, index) => index === 0 || wanted === "" || wanted.split(",").includes(name),
);
const measures = allMeasures(subjects).filter(
  ({ name, isLong = false }) => isNamed(options.only, name) && !(isQuick && isLong),
);

const began = performance.now();
const lab = await Lab.open([], isQuick);
const durable = await Lab.open(["--appendonly", "yes", "--appendfsync", "everysec"], isQuick, lab);
const about = {
  node: process.version,
  redis: await lab.version(),
  cpus: `${cpus().length} × ${cpus()[0]?.model}`,
  rounds,
  subjects: await describeAll(),
};
console.log(`Node ${about.node}, Redis ${about.redis}, ${about.cpus}, ${rounds} rounds`);
for (const [name, { version, settings }] of Object.entries(about.subjects)) {
  console.log(`  ${name} ${version}: ${settings}`);
}

const results: Result[] = [];
const leftOut: string[] = [];
for (const measure of measures) {
  if (isLate()) {
    leftOut.push(measure.name);
    continue;
  }
  const some = await run(measure, measure.appendonly === true ? durable : lab);
  results.push(...some);
  console.log(tableOf(some));
}
await Promise.all([lab.close(), durable.close()]);
const seconds = Math.round((performance.now() - began) / 1000);
console.log(
  `\nTook ${seconds} s${leftOut.length > 0 ? `, no time for: ${leftOut.join("; ")}` : ""}`,
);
if (options.json !== undefined) {
  writeFileSync(
    options.json,
    `${JSON.stringify({ ...about, seconds, leftOut, results }, undefined, 2)}\n`,
  );
}

/** Every subject once per round, so that what the machine does besides hits all alike. */
async function run(measure: Measure, where: Lab): Promise<Result[]> {
  const { once } = measure;
  const { warmUps = 2 } = measure;
  const samples = new Map<string, Sample[]>();
  const all: [Subject, Running][] = [];
  for (const subject of measure.subjects) {
    if (isQuick && measure.name !== "drain at 10" && QUICK_ONCE.includes(subject.name)) {
      continue;
    }
    all.push([subject, await where.open(subject)]);
    samples.set(subject.name, []);
  }
  for (let round = -warmUps; round < rounds && !(round > 0 && isLate()); round += 1) {
    // Whoever is first finds the machine otherwise than the others do.
    const first = (round + warmUps) % all.length;
    for (const [subject, running] of [...all.slice(first), ...all.slice(0, first)]) {
      await where.empty();
      const sample = await once(running, where, subject);
      if (round >= 0) {
        samples.get(subject.name)?.push(sample);
      }
    }
  }
  for (const [, running] of all) {
    await running.close();
  }
  return resultsOf(measure, samples);
}

async function describeAll(): Promise<Record<string, { version: string; settings: string }>> {
  const all: Record<string, { version: string; settings: string }> = {};
  for (const subject of subjects) {
    const running = await lab.open(subject);
    all[subject.name] = await running.ask("describe");
    await running.close();
  }
  return all;
}

/** A quick run ends within three minutes, on a slow machine too. */
function isLate(): boolean {
  return isQuick && performance.now() - began > LONGEST_QUICK_RUN_MS;
}

/** What a measure's name has in it; behind "=" all of it. */
function isNamed(list: string, name: string): boolean {
  const parts = list.split(",").map((part) => part.trim());
  return parts.some((part) =>
    part.startsWith("=") ? name === part.slice(1) : name.includes(part),
  );
}
