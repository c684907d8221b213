// npm run chaos:sqlite -- --kills 200 --jobs 50000 --workers 8 --lease 8 --seed 7
// Workers of one SQLite file are killed, and then every job has to be accounted for.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { SqliteChaos } from "./sqlite/sqlite-chaos.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    jobs: { type: "string", default: "50000" },
    workers: { type: "string", default: "8" },
    lease: { type: "string", default: "8" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const seed = Number(values.seed);
console.log(`Chaos on SQLite with --seed ${seed}`);

const chaos = await SqliteChaos.start({
  seed,
  jobs: Number(values.jobs),
  workers: Number(values.workers),
  leaseTtl: Number(values.lease),
});
try {
  const total = Number(values.kills);
  for (let kills = 0; kills < total; kills += 1) {
    await sleep(chaos.random.next() * 500);
    while (chaos.sent < (kills * Number(values.jobs)) / total) {
      await sleep(20);
    }
    await chaos.kill();
  }
  const { problems, ...counts } = await chaos.finish();
  console.log({ seed, ...counts });
  problems.slice(0, 50).forEach((problem) => console.error(problem));
  console.log(problems.length === 0 ? "Nothing is wrong" : `${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await chaos.dispose();
}
