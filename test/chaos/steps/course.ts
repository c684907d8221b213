import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { configure, deadSet, deferAll } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { keysUnder } from "../../../src/adapters/redis/keys.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import type { RedisServer } from "../../support/redis-server.ts";
import type { Child } from "../child.ts";
import { Fleet } from "../fleet.ts";
import { Inspector } from "../inspector.ts";
import { Random } from "../random.ts";
import { judge, type Checkpoint, type Stop, type Verdict } from "./judge.ts";
import { Rows } from "./rows.ts";

const keys = keysUnder("");

export interface Course {
  readonly server: RedisServer;
  readonly seed: number;
  readonly kills: number;
  readonly jobs: number;
  /** Of each job. */
  readonly rows: number;
  /** Seconds from one kill to the next, at most. */
  readonly pause: number;
}

/** Has workers go through rows while one after the other is killed, or told to stop, and judges what they noted. */
export async function goThrough({
  server,
  seed,
  ...course
}: Course): Promise<Verdict & { readonly revived: number }> {
  const { url } = server;
  const random = new Random(seed);
  const fleet = await Fleet.start({
    url,
    leaseTtl: 5,
    concurrency: 3,
    program: "steps-worker.ts",
  });
  const inspector = new Inspector(url);
  const redis = new Redis(url, { protocol: 2 });
  const adapter = new RedisAdapter({ url, logger: silentLogger });
  configure({ adapter });
  const checkpoints: Checkpoint[] = [];
  const stops: Stop[] = [];
  let revived = 0;
  try {
    await deferAll(
      Array.from({ length: course.jobs }, (_, number) => Rows.prepare(number, course.rows)),
    );
    for (let kills = 0; kills < course.kills; kills += 1) {
      await sleep(random.next() * course.pause * 1000);
      // Whose worker was killed thrice before it could write a checkpoint, is taken for what kills it.
      revived += await deadSet().retryAll();
      const victim = random.of(fleet.working);
      if (victim === undefined) {
        throw new Error("Expected a worker");
      }
      if (random.chance(0.1)) {
        stops.push({ file: victim.ledger, at: await fleet.replace(victim) });
      }
      const killed = random.of(fleet.working) ?? victim;
      await fleet.kill(killed, async () => {
        checkpoints.push(...(await checkpointsOf(redis, killed)));
      });
    }
    while ((await inspector.counts()).known > 0) {
      revived += await deadSet().retryAll();
      await sleep(100);
    }
    await fleet.stop();
    return { ...judge({ ...course, ledgers: fleet.ledgers, checkpoints, stops }), revived };
  } finally {
    await fleet.dispose();
    inspector.close();
    redis.disconnect();
    await adapter.close();
  }
}

/** How far the jobs of a worker are that was killed, as the store has it. */
async function checkpointsOf(redis: Redis, { pid }: Child): Promise<Checkpoint[]> {
  const at = Number(process.hrtime.bigint() / 1000n);
  const identities = await redis.zrange(keys.leases, "0", "-1");
  const own = identities.filter((identity) => identity.split(":").at(-2) === String(pid));
  const held = await Promise.all(own.map((identity) => redis.hgetall(keys.lease(identity))));
  return held.flatMap((fields) =>
    Object.entries(fields)
      .filter(([field]) => field !== "number")
      .map(([, payload]) => {
        const { args, steps } = JSON.parse(payload) as {
          readonly args: readonly [name: string, number: number];
          readonly steps?: readonly { readonly value?: { readonly json?: number } }[];
        };
        return { number: args[1], cursor: steps?.at(-1)?.value?.json ?? 0, at };
      }),
  );
}
