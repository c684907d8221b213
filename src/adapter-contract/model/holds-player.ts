import { holdersOf } from "../hold-rig.ts";
import type { HoldGame } from "./holds-game.ts";
import { clear, code, manage, promote, release } from "./holds-managing.ts";
import type { Holding } from "./holds-model.ts";
import { HOLD_QUEUES, HOLDS, type HoldOperation } from "./holds-operations.ts";
import { enqueue, fetch, lose, settle } from "./holds-working.ts";

/** Plays operations on an adapter and on the model, then works until nothing is left. */
export async function playHolds(
  game: HoldGame,
  operations: readonly HoldOperation[],
): Promise<void> {
  for (const operation of operations) {
    await apply(game, operation);
    await compare(game);
  }
  await drain(game);
}

async function apply(game: HoldGame, operation: HoldOperation): Promise<void> {
  switch (operation.op) {
    case "enqueue":
      return enqueue(game, operation.entries);
    case "fetch":
      return fetch(game, operation);
    case "settle":
      return settle(game, operation);
    case "close":
    case "die":
      return lose(game, operation.worker, operation.op);
    case "clear":
      return clear(game, operation.queue);
    case "take":
    case "giveBack":
      return code(game, operation.op, HOLDS[operation.hold % HOLDS.length]?.key ?? "");
    case "release":
      return release(game);
    case "promote":
      return promote(game);
    default:
      return manage(game, operation.op, operation.job);
  }
}

async function compare(game: HoldGame): Promise<void> {
  const holders = await Promise.all(HOLDS.map(({ key }) => holdersOf(game.holds, key)));
  game.same(
    "holders",
    Object.fromEntries(HOLDS.map(({ key }, index) => [key, holders[index]?.toSorted()])),
    Object.fromEntries(HOLDS.map(({ key }) => [key, [...game.model.of(key)].toSorted()])),
  );
  const jobs = game.jobs;
  const found = await game.rig.statuses(...jobs.map(({ name }) => name));
  for (const { name, place } of jobs) {
    const status = found[name] ?? "";
    game.same(`status of ${name}`, STATUSES[place].includes(status) ? place : status, place);
  }
}

/** Works until nothing is left: then nobody holds a key, but for those that died. */
async function drain(game: HoldGame): Promise<void> {
  game.trace.push("(from here on: work until nothing is left)");
  for (const { key } of HOLDS) await code(game, "giveBack", key);
  for (const number of game.workers.keys()) await lose(game, number, "close");
  const isLeft = ({ place }: Holding): boolean => place !== "over" && place !== "dead";
  const isScheduled = ({ place }: Holding): boolean => place === "scheduled";
  for (let round = 0; game.jobs.some(isLeft) && round < 100; round += 1) {
    await release(game);
    await promote(game);
    for (const job of game.jobs.filter(isScheduled)) {
      const stored = await game.rig.find({ set: "scheduled" }, job.name);
      await game.rig.store.move({ set: "scheduled" }, stored, "queue", stored.payload);
      game.model.run(job);
    }
    await fetch(game, { op: "fetch", worker: 0, queues: HOLD_QUEUES, limit: 100, turns: 100 });
    for (let left = game.workers.get(0)?.held.length ?? 0; left > 0; left -= 1) {
      await settle(game, { op: "settle", worker: 0, job: 0, kind: "done" });
    }
  }
  game.same("jobs left", game.jobs.filter(isLeft), []);
  await compare(game);
  const kept = game.jobs.filter(({ held }) => held.size > 0);
  game.same(
    "keys that are held",
    kept.filter(({ holds }) => !holds.some(isForGood)),
    [],
  );
}

const STATUSES: Readonly<Record<Holding["place"], readonly string[]>> = {
  line: ["blocked"],
  queue: ["enqueued", "blocked"],
  scheduled: ["scheduled"],
  retry: ["retrying"],
  dead: ["dead"],
  running: ["running"],
  over: ["finished", "cancelled"],
};

function isForGood({ until }: (typeof HOLDS)[number]): boolean {
  return until === "over";
}
