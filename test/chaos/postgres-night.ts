// npm run chaos:postgres -- --kills 200 --restarts 20 --jobs 50000 --workers 4 --lease 8 --seed 7
// Workers are killed, connections ended, and Postgres is restarted; then every job has to be accounted for.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { PostgresChaos } from "./postgres/postgres-chaos.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    restarts: { type: "string", default: "20" },
    jobs: { type: "string", default: "50000" },
    workers: { type: "string", default: "4" },
    lease: { type: "string", default: "8" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const seed = Number(values.seed);
console.log(`Chaos on Postgres with --seed ${seed}`);

const chaos = await PostgresChaos.start({
  seed,
  jobs: Number(values.jobs),
  workers: Number(values.workers),
  leaseTtl: Number(values.lease),
});
try {
  const kills = Number(values.kills);
  const each = Math.max(1, Math.floor(kills / Number(values.restarts)));
  let lastKill = 0;
  for (let count = 0; count < kills;) {
    await sleep(200);
    await chaos.endConnection();
    // Over all jobs, and not faster than workers start.
    const isTime = chaos.sent >= (count * Number(values.jobs)) / kills;
    if (!isTime || performance.now() - lastKill < chaos.random.next() * 600) continue;
    lastKill = performance.now();
    await chaos.kill();
    count += 1;
    if (count % each === 0) {
      await chaos.restart();
      console.log(`${count} kills, ${chaos.sent} jobs`);
    }
  }
  const { problems, ...counts } = await chaos.finish();
  console.log({ seed, ...counts });
  problems.slice(0, 50).forEach((problem) => console.error(problem));
  console.log(problems.length === 0 ? "Nothing is wrong" : `${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await chaos.dispose();
}
