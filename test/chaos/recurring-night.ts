// npm run chaos:recurring -- --workers 8 --schedules 200 --seconds 120 --calm 60 --deploy 60 --away 70 --rollback 60 --seed 7
// Workers whose clocks are an hour apart enqueue the jobs of many recurring jobs: undisturbed, while a deploy replaces them one by
// one, while the release before comes back likewise, while they and Redis are killed, stopped and cut off, and after none of them was
// there. Then each second has to have exactly one job of each. The seed repeats what is done, not when exactly it hits.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { globSync } from "tinyglobby";
import { RedisAdapter } from "mandate/redis";
import { silentLogger } from "../../src/support/logger.ts";
import { RedisServer } from "../support/redis-server.ts";
import { Fleet } from "./fleet.ts";
import { Inspector } from "./inspector.ts";
import { Random } from "./random.ts";
import { findAll } from "./recurring/found.ts";
import { judge, lateness, type Course, type Deploy } from "./recurring/judge.ts";
import type { Release } from "./recurring/tick.ts";

const { values } = parseArgs({
  options: {
    workers: { type: "string", default: "8" },
    schedules: { type: "string", default: "200" },
    seconds: { type: "string", default: "120" },
    calm: { type: "string", default: "60" },
    deploy: { type: "string", default: "60" },
    away: { type: "string", default: "70" },
    rollback: { type: "string", default: "60" },
    lease: { type: "string", default: "5" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const option = (name: keyof typeof values): number => Number(values[name]);
const random = new Random(option("seed"));
const [fakeTime] = globSync("/usr/{lib,lib64,lib/*}/faketime/libfaketimeMT.so.1", {
  absolute: true,
});
let release: Release = "old";

// What it has answered is with the kernel by then, which outlives it.
const server = await RedisServer.start(["--appendonly", "yes", "--appendfsync", "everysec"]);
const { url } = server;
const fleet = await Fleet.start({
  url,
  leaseTtl: option("lease"),
  concurrency: 8,
  size: option("workers"),
  program: "recurring-worker.ts",
  environment: (index) => ({ SCHEDULES: values.schedules, RELEASE: release, ...clockOf(index) }),
});
const adapter = new RedisAdapter({ url, logger: silentLogger });
const inspector = new Inspector(url);
const deeds: Record<string, number> = {};
try {
  // Each of them has to have begun.
  while ((await inspector.leases()) < option("workers")) await sleep(100);
  // Processes that start are a disturbance, too.
  await sleep(10_000);
  const offset = Date.now() / 1000 - Number(process.hrtime.bigint()) / 1e9;
  const began = await second();
  await sleep(option("calm") * 1000);

  console.log("Deploying");
  release = "new";
  await fleet.renewSpares();
  const deployed = await deploy(option("deploy"));

  console.log("Rolling back");
  release = "old";
  await fleet.renewSpares();
  const rolledBack = await deploy(option("rollback"));

  await disturb(option("seconds"));

  console.log("Nobody works for a while", deeds);
  const left = await second();
  await Promise.all(fleet.working.splice(0).map((child) => child.end("SIGKILL")));
  await sleep(option("away") * 1000);
  const back = await second();
  await fleet.fill();
  await sleep(10_000);
  const ended = (await second()) - 5;
  await fleet.stop();

  const all = await findAll(adapter, fleet.ledgers);
  const course: Course = {
    schedules: option("schedules"),
    away: [left - 1, back + 5],
    began,
    deployed,
    rolledBack,
    ended,
    offset,
  };
  const { problems, ...counts } = judge(all, course);
  console.log({
    seed: option("seed"),
    ...deeds,
    ...counts,
    lateness: lateness(all, { began, until: deployed.began, offset }),
  });
  problems.slice(0, 50).forEach((problem) => console.error(problem));
  console.log(problems.length === 0 ? "Nothing is wrong" : `${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await fleet.dispose();
  inspector.close();
  await adapter.close();
  await server.dispose();
}

/** The store's time: a second of which nothing has happened yet. */
async function second(): Promise<number> {
  return Math.ceil(await adapter.store.now());
}

/** An hour apart, each two of them. */
function clockOf(index: number): NodeJS.ProcessEnv {
  return fakeTime === undefined || index % 3 === 0
    ? {}
    : {
        LD_PRELOAD: fakeTime,
        FAKETIME: index % 3 === 1 ? "+3600s" : "-3600s",
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
      };
}

async function disturb(seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    await sleep(random.next() * 1_000);
    const roll = random.next();
    const victim = random.of(fleet.working);
    if (roll < 0.4 && victim !== undefined) {
      note("kills");
      await fleet.kill(victim, () => Promise.resolve());
    } else if (roll < 0.7) {
      note("broken connections");
      await inspector.breakConnection((ids) => random.of(ids));
    } else if (roll < 0.9 && victim !== undefined) {
      note("stops");
      victim.signal("SIGSTOP");
      await sleep((roll < 0.85 ? 1 : option("lease") + 1) * 1000);
      victim.signal("SIGCONT");
    } else {
      note("restarts of Redis");
      await server.kill("SIGKILL");
      await sleep(random.next() * 500);
      await server.run();
    }
  }
}

function note(deed: string): void {
  deeds[deed] = (deeds[deed] ?? 0) + 1;
}

/** One by one, so that both releases work for a while. */
async function deploy(seconds: number): Promise<Deploy> {
  const old = [...fleet.working];
  const pause = (seconds * 1000) / old.length;
  const began = await second();
  let firstThere = Infinity;
  let lastLeft = 0;
  for (const child of old) {
    await sleep(pause / 2);
    lastLeft = Math.floor(await adapter.store.now());
    await fleet.replace(child);
    await sleep(pause / 2);
    firstThere = Math.min(firstThere, await second());
  }
  return { began, firstThere, lastLeft, ended: await second() };
}
