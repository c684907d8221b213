import type { Place } from "../../adapters/job-store.ts";
import { jid } from "../jobs.ts";
import type { HoldGame } from "./holds-game.ts";
import type { Holding } from "./holds-model.ts";
import { HOLDS, type HoldQueue } from "./holds-operations.ts";

const CODE = "code";
/** So that it reads like a job's name. */
const CODE_JID = jid(CODE);

export async function clear(game: HoldGame, queue: HoldQueue): Promise<void> {
  game.trace.push(`clear ${queue}`);
  const jobs = game.jobs.filter((job) => job.place === "queue" && job.queue === queue);
  jobs.forEach((job) => game.model.end(job));

  game.same("cleared", await game.rig.store.clear({ queue }), jobs.length);
}

export async function code(game: HoldGame, deed: "take" | "giveBack", key: string): Promise<void> {
  game.trace.push(`code: ${deed} ${key}`);
  const holders = game.model.of(key);
  if (deed === "giveBack") {
    const wasHeld = holders.delete(CODE);
    game.same("given back", await game.holds.giveBack(key, CODE_JID), wasHeld);
    return;
  }
  const to = HOLDS.find((hold) => hold.key === key)?.to ?? 1;
  const { taken } = await game.holds.take(key, CODE_JID, { to, seconds: 1_000_000 });
  const { waiting = 0 } = (await game.holds.read([key]))[0] ?? {};
  // Behind those that the store has set aside already.
  const isFree = holders.has(CODE) || (!game.model.isFull(key) && waiting === 0);
  game.same("taken", taken, isFree);
  if (taken) {
    holders.add(CODE);
  }
}

export async function release(game: HoldGame): Promise<void> {
  game.trace.push("release what is free");
  const count = game.model.release();
  const slices = await game.rig.releaseBlocked();
  game.same(
    "released",
    slices.reduce((sum, size) => sum + size, 0),
    count,
  );
}

export async function promote(game: HoldGame): Promise<void> {
  game.trace.push("promote what is due");
  for (const job of game.model.jobs.values()) {
    if (job.place === "retry") job.place = "queue";
  }
  await game.rig.adapter.promoteDue();
}

export async function manage(
  game: HoldGame,
  deed: "delete" | "run" | "kill" | "cancel",
  number: number,
): Promise<void> {
  const there = game.jobs.filter(({ place }) => place !== "over");
  const job = there[number % there.length];
  if (job === undefined) {
    return;
  }
  game.trace.push(`${deed} ${job.name}, in ${job.place}`);
  const { store } = game.rig;
  if (deed === "cancel") {
    game.same("cancelled", await store.cancel(jid(job.name)), job.place !== "dead");
    if (job.place === "running") job.cancelled = true;
    else if (job.place !== "dead") game.model.end(job);
    return;
  }
  const place = placeOf(job);
  if (place === undefined) {
    return;
  }
  const stored = await game.rig.find(place, job.name);
  if (deed === "delete") {
    game.same("deleted", await store.delete(place, stored), true);
    game.model.end(job);
  } else if (deed === "kill") {
    game.same("killed", await store.move(place, stored, "dead", stored.payload), true);
    game.model.die(job);
  } else {
    const may = job.place !== "dead" || game.model.revive(job);
    game.same("moved", await store.move(place, stored, "queue", stored.payload), may);
    if (may) game.model.run(job);
  }
}

function placeOf({ place, queue }: Holding): Place | undefined {
  switch (place) {
    case "queue":
      return { queue };
    case "line":
      return { set: "blocked" };
    case "scheduled":
    case "retry":
    case "dead":
      return { set: place };
    case "running":
    case "over":
      return undefined;
  }
}
