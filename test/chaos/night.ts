// npm run chaos -- --minutes 480 --seed 7 --lease 15 --load classes
// Workers are killed, stopped and cut off, and Redis is killed, until the time is over or Ctrl-C is pressed; then every
// job has to be accounted for. The seed repeats what is done, not when exactly it hits. Where the machine is busy with other
// things leases run out by themselves, and jobs run twice for it: give them more seconds.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { RedisServer } from "../support/redis-server.ts";
import { Chaos } from "./chaos.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "480" },
    lease: { type: "string", default: "5" },
    load: { type: "string", default: "holds" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const seed = Number(values.seed);
const leaseTtl = Number(values.lease);
const load = values.load === "classes" ? "classes" : "holds";
const until = performance.now() + Number(values.minutes) * 60_000;
let isInterrupted = false;
process.once("SIGINT", () => {
  isInterrupted = true;
});
console.log(`Chaos for ${values.minutes} minutes, with --load ${load} --seed ${seed}`);

const server = await RedisServer.start(["--appendonly", "yes", "--appendfsync", "always"]);
const chaos = await Chaos.start({ server, seed, jobs: 1_000, leaseTtl, load });
const deeds: Record<string, number> = {};
try {
  while (performance.now() < until && !isInterrupted) {
    await sleep(chaos.random.next() * 500);
    const [deed, act] = chosen();
    deeds[deed] = (deeds[deed] ?? 0) + 1;
    await act();
  }
  console.log("Waiting for what was enqueued", deeds);
  const { problems, ...counts } = await chaos.finish();
  console.log({ seed, ...counts });
  problems.slice(0, 50).forEach((problem) => console.error(problem));
  console.log(problems.length === 0 ? "Nothing is wrong" : `${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await chaos.dispose();
  await server.dispose();
}

function chosen(): [string, () => Promise<void>] {
  const roll = chaos.random.next();
  if (roll < 0.5) {
    return ["kills", () => chaos.kill()];
  }
  if (roll < 0.75) {
    return ["broken connections", () => chaos.breakConnection()];
  }
  if (roll < 0.85) {
    return ["short stops", () => chaos.stop(chaos.random.next())];
  }
  return roll < 0.9
    ? ["long stops", () => chaos.stop(leaseTtl * (1 + chaos.random.next()))]
    : ["restarts of Redis", () => chaos.restartRedis()];
}
