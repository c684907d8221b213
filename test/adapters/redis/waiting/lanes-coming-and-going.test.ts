import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Entry, FetchedJob } from "../../../../src/adapters/adapter.ts";
import type { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import {
  done,
  jid,
  namesOf,
  payloadOf,
  release,
  withPriority,
} from "../../../../src/adapter-contract/jobs.ts";
import { Rig } from "../../../../src/adapter-contract/rig.ts";
import type { TestLease } from "../../../../src/adapter-contract/test-lease.ts";
import { redisStore, startRedis } from "../redis-store.ts";

const DEFAULT = { queue: "default" } as const;
const RUNS = 25;

type Step =
  | { readonly do: "enqueue"; readonly priorities: readonly number[]; readonly inTicks: number }
  | { readonly do: "come" | "promote" | "recover" }
  | { readonly do: "close" | "die" | "quiet"; readonly worker: number }
  | { readonly do: "fetch"; readonly worker: number; readonly limit: number }
  | { readonly do: "done" | "release"; readonly worker: number };

const worker = fc.nat({ max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("enqueue" as const),
      priorities: fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 1, maxLength: 5 }),
      inTicks: fc.constantFrom(0, 0, 0, 1),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom("come" as const, "promote", "recover") }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("close" as const, "die", "quiet"), worker }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("fetch" as const),
      worker,
      limit: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("done" as const, "release"), worker }) },
);

describe.skipIf(missing("redis"))("jobs with a priority, while workers come and go", () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedis();
  });

  afterAll(() => server.dispose());

  it(
    "are lost nowhere, wait beside no list that nobody looks beside, and run once",
    { timeout: 120_000 },
    () => assertPlayed(server),
  );
});

async function assertPlayed(server: RedisServer): Promise<void> {
  const isRight = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) =>
    play(server, steps),
  );
  const plugins = [fc.interruptAfterTimeLimit(60_000)];
  await fc.assert(isRight, { numRuns: RUNS, plugins });
}

interface Worker {
  readonly lease: TestLease;
  held: FetchedJob[];
}

async function play(server: RedisServer, steps: readonly Step[]): Promise<void> {
  const rig = new Rig(await redisStore(server));
  const game = {
    rig,
    workers: new Array<Worker>(),
    sent: new Array<string>(),
    ran: [] as string[],
  };
  try {
    for (const each of steps) {
      await take(game, each);
      await look(game);
    }
    await finish(game);
  } finally {
    await rig.dispose();
  }
}

interface Game {
  readonly rig: Rig;
  workers: Worker[];
  readonly sent: string[];
  readonly ran: string[];
}

async function take(game: Game, each: Step): Promise<void> {
  const { rig } = game;
  if (each.do === "enqueue") {
    const at = each.inTicks === 0 ? undefined : (await rig.now()) + each.inTicks * rig.tick;
    await rig.adapter.enqueue(each.priorities.map((priority) => newJob(game, priority, at)));
  } else if (each.do === "come") {
    game.workers.push({ lease: await rig.lease(), held: [] });
  } else if (each.do === "promote") {
    await rig.elapse(2);
    await rig.adapter.promoteDue();
  } else if (each.do === "recover") {
    await rig.adapter.recover();
  } else if ("worker" in each) {
    const found = game.workers[each.worker % Math.max(1, game.workers.length)];
    if (found !== undefined) {
      await work(game, found, each);
    }
  }
}

async function work(
  game: Game,
  found: Worker,
  each: Extract<Step, { readonly worker: number }>,
): Promise<void> {
  const { lease, held } = found;
  switch (each.do) {
    case "close":
      game.workers = game.workers.filter((other) => other !== found);
      await lease.close();
      break;
    case "die":
      game.workers = game.workers.filter((other) => other !== found);
      await game.rig.die(lease);
      await game.rig.adapter.recover();
      break;
    case "quiet":
      lease.state = { quiet: true, busy: 0 };
      await lease.renew();
      await game.rig.adapter.recover();
      break;
    case "fetch":
      held.push(...(lease.state.quiet ? [] : await lease.fetch(each.limit)));
      break;
    case "done":
    case "release":
      found.held = [];
      game.ran.push(...(each.do === "done" ? namesOf(held) : []));
      await lease.settle(...held.map((job) => (each.do === "done" ? done(job) : release(job))));
      // What a quiet one gives back is noticed as what the dead held.
      await game.rig.adapter.recover();
  }
}

/** Each is known, and in one place; nobody misses it. */
async function look({ rig, sent, ran, workers }: Game): Promise<void> {
  const [queued, scheduled, dead] = await Promise.all([
    rig.names(DEFAULT, 3),
    rig.names({ set: "scheduled" }),
    rig.names({ set: "dead" }),
  ]);
  const running = namesOf(await rig.store.running());
  const all = [...queued, ...scheduled, ...dead, ...running, ...ran];

  expect(all.toSorted()).toEqual(sent.toSorted());
  expect(await rig.store.size(DEFAULT)).toBe(queued.length);
  if (workers.every(({ lease }) => lease.state.quiet)) {
    const page = await rig.store.page(DEFAULT, undefined, 1_000);
    expect(page.jobs.filter(({ position }) => position !== undefined)).toEqual([]);
  }
}

/** A worker comes, and takes what is left in the order of priority. */
async function finish(game: Game): Promise<void> {
  const { rig } = game;
  for (const { lease } of game.workers) {
    await lease.close();
  }
  await rig.elapse(2);
  await rig.adapter.promoteDue();
  const lease = await rig.lease();

  const jobs = await lease.fetch(1_000);
  await lease.settle(...jobs.map((job) => done(job)));

  const priorities = jobs.map(({ payload }) => priorityOf(payload));
  expect(priorities).toEqual(priorities.toSorted((one, other) => one - other));
  game.ran.push(...namesOf(jobs));
  await look({ ...game, workers: [] });
}

function newJob(game: Game, priority: number, at: number | undefined): Entry {
  const name = `n${game.sent.length}`;
  game.sent.push(name);
  const payload = withPriority(payloadOf(name), priority);
  const due = at === undefined ? {} : { at };
  return { jid: jid(name), queue: "default", payload, priority, ...due };
}

function priorityOf(payload: string): number {
  return (JSON.parse(payload) as { priority?: number }).priority ?? 0;
}
