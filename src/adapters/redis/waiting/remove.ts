import type { Move, Place } from "../../job-store.ts";
import { laneIn } from "../payloads/lane.ts";
import type { RedisContext } from "../redis-context.ts";
import { removeScript, type Removed, type RemovedTo, type Stretch } from "./remove-script.ts";

/** What stands for the place of a parked job: it is found by its jid. */
export const PARKED = "parked";

/**
 * Jobs that one script moves at most: less than a millisecond of Redis's time (bench/operate.ts: 17
 * µs for each).
 */
const MOVES = 50;
/** As `MOVES`, where they are parked: these leave lines as well, and may let others go on. */
const PARKED_MOVES = 20;

/**
 * A job in a queue is looked for from the right, and about this many are looked at in a
 * millisecond: the longer a queue, the fewer are taken out of it by one script.
 */
const COMPARED = 50_000;

/** From so many jobs before it on, a job is looked for around the place where it was seen. */
const DEEP = 1_000;

/**
 * Of those, one script takes out so many: up to 40 µs for each, and once a walk through the list.
 */
const DEEP_MOVES = 100;

/** How far from one another they may have been. */
const SPREAD = 1_000;

/** How much nearer a job may have come to its turn since it was seen, and how much further away. */
const DRIFT = { nearer: 1_000, further: 100 } as const;

/** Where jobs are taken out, and where they go. */
export interface Removal {
  readonly context: RedisContext;
  readonly place: Place;
  readonly to: RemovedTo;
}

/**
 * Takes jobs out of their place, and keeps Redis from others as little as can be.
 *
 * @returns how many had not left.
 */
export async function removeInSlices(removal: Removal, moves: readonly Move[]): Promise<number> {
  let removed = 0;
  for (const part of partsOf(moves)) {
    if (part.every(isBeside)) {
      // Where each is found at once, however long they are.
      removed += await remove(removal, part);
      continue;
    }
    const left = part.every(isDeep) ? await removeDeep(removal, part) : part;
    removed += part.length - left.length + (await removeEach(removal, left));
  }
  return removed;
}

/**
 * Takes jobs out of their place: those in a list, in lanes, and those parked in a step each.
 *
 * @returns how many had not left.
 */
export async function remove(removal: Removal, moves: readonly Move[]): Promise<number> {
  let removed = 0;
  for (const standing of STANDINGS) {
    const some = moves.filter((move) => standingOf(move) === standing);
    const slice = SLICES[standing] ?? some.length;
    for (let first = 0; first < some.length; first += slice) {
      const { count } = await run(removal, some.slice(first, first + slice), undefined);
      removed += count;
    }
  }
  return removed;
}

/**
 * Puts jobs of a queue's list, which are near one another, into the lanes beside it.
 *
 * @returns how many had not left.
 */
export async function moveToLanes(
  context: RedisContext,
  queue: string,
  moves: readonly Move[],
): Promise<number> {
  const removal: Removal = { context, place: { queue }, to: "lane" };
  const { count } = await run(removal, moves, around(moves));
  return count;
}

async function removeEach(removal: Removal, moves: readonly Move[]): Promise<number> {
  const { place, context } = removal;
  const length =
    "queue" in place && moves.length > 1
      ? Number(await context.command("LLEN", context.keys.queue(place.queue)))
      : 1;
  const slice = Math.max(1, Math.min(MOVES, Math.floor(COMPARED / Math.max(1, length))));
  let removed = 0;
  for (let first = 0; first < moves.length; first += slice) {
    removed += await remove(removal, moves.slice(first, first + slice));
  }
  return removed;
}

/** Takes out what is where it was seen, or near. @returns the others. */
async function removeDeep(removal: Removal, moves: readonly Move[]): Promise<readonly Move[]> {
  const { missed } = await run(removal, moves, around(moves));
  return missed.flatMap((index) => moves[index] ?? []);
}

/**
 * In their order: parts that are not deep in a queue, and parts that are, of which one script takes
 * out all.
 */
function partsOf(moves: readonly Move[]): readonly Move[][] {
  const parts: Move[][] = [];
  for (const move of moves) {
    const part = parts.at(-1);
    if (part !== undefined && belongsTo(part, move)) {
      part.push(move);
    } else {
      parts.push([move]);
    }
  }
  return parts;
}

function belongsTo(part: readonly Move[], move: Move): boolean {
  const [first = move] = part;
  if (isBeside(first) || isBeside(move)) {
    return standingOf(first) === standingOf(move);
  }
  return isDeep(first)
    ? isDeep(move) && part.length < DEEP_MOVES && Math.abs(depthOf(move) - depthOf(first)) <= SPREAD
    : !isDeep(move);
}

/** Where they may be. */
function around(moves: readonly Move[]): Stretch {
  const depths = moves.map(depthOf);
  const depth = Math.max(0, Math.min(...depths) - DRIFT.nearer);
  return { depth, places: Math.max(...depths) + DRIFT.further - depth };
}

const STANDINGS = ["list", "lane", "parked"] as const;
type Standing = (typeof STANDINGS)[number];
/** How many one script takes; of a list, all that it is given. */
const SLICES: Readonly<Partial<Record<Standing, number>>> = { lane: MOVES, parked: PARKED_MOVES };

/** Where in its queue a job waits. */
function standingOf({ job }: Move): Standing {
  if (job.position === undefined) {
    return "list";
  }
  return job.position === PARKED ? "parked" : "lane";
}

function isBeside(move: Move): boolean {
  return standingOf(move) !== "list";
}

function isDeep(move: Move): boolean {
  return depthOf(move) >= DEEP;
}

function depthOf({ job }: Move): number {
  return job.depth ?? 0;
}

function run(
  { context, place, to }: Removal,
  moves: readonly Move[],
  within: Stretch | undefined,
): Promise<Removed> {
  const isMoved = to === "queue" || to === "lane";
  const jobs = moves.map(({ job, payload: changed }) => {
    const { jid = "", payload, queue, position = "" } = job;
    const lane = isMoved ? laneIn(changed) : "";
    return { jid, payload, queue, changed, lane, position };
  });
  const [first] = moves;
  const name = nameOf(place, first === undefined ? "list" : standingOf(first));
  return context.run(removeScript, { place: name, to, within, jobs });
}

function nameOf(place: Place, standing: Standing): string {
  if (standing === "parked") {
    return standing;
  }
  if ("queue" in place) {
    return `${standing === "lane" ? "lane" : "queue"}:${place.queue}`;
  }
  return place.set === "scheduled" ? "schedule" : place.set;
}
