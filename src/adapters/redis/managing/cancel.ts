import type { JobStore, Place } from "../../job-store.ts";
import { findParked } from "./parked-pages.ts";
import { isRunning } from "./is-running.ts";
import type { RedisContext } from "../redis-context.ts";
import { readFlag, readList, readText } from "../connection/read-reply.ts";
import { script, type Script } from "../scripts/script.ts";

/** Seconds for which a mark is kept whose job does not end here, because Ruby has taken it. */
const KEPT = 86_400;

/** A job that moves is followed so often; then it is left to its mark. */
const ROUNDS = 5;

const SETS: Readonly<Record<string, Place>> = {
  s: { set: "scheduled" },
  r: { set: "retry" },
  b: { set: "blocked" },
};

interface Mark {
  readonly jid: string;
  /**
   * "in a queue", or fetched from there; "anywhere": also where no index has it, since Ruby
   * enqueued it.
   */
  readonly where: "in a queue" | "anywhere";
}

interface Marked {
  /** The job's letter in the index; "" where the index has none. */
  readonly state: string;
  /** Whether it is marked now. */
  readonly isMarked: boolean;
}

const cancelScript: Script<Mark, Marked> = script("cancel", {
  encode: ({ jid, where }) => [jid, KEPT, where],
  decode: (reply) => {
    const [state, isMarked] = readList(reply);
    return { state: readText(state), isMarked: readFlag(isMarked) };
  },
});

export interface Cancelling {
  readonly context: RedisContext;
  readonly store: JobStore;
  readonly jid: string;
  /** Where to look first. */
  readonly queue: string | undefined;
}

/**
 * Cancels a job, wherever the index says that it is. What is in a queue may be fetched at any
 * moment: it is marked first, so that its run is its last, and unmarked if it turns out to wait. A
 * job of Ruby's is in no index; it is found where a worker has it.
 */
export async function cancelJob(cancelling: Cancelling): Promise<boolean> {
  const { context, store, jid } = cancelling;
  let isMarked = false;
  for (let round = 0; round < ROUNDS; round += 1) {
    const marked = await context.run(cancelScript, { jid, where: "in a queue" });
    const { state } = marked;
    if (state === "" && isMarked) {
      // The run has ended meanwhile, as it was asked to.
      return true;
    }
    isMarked ||= marked.isMarked;
    const runs = (state === "q" || state === "") && (await isRunning(context, store, jid));
    if (state === "" && runs) {
      await context.run(cancelScript, { jid, where: "anywhere" });
    }
    if (state === "d" || state === "" || runs) {
      return runs;
    }
    if (await (state === "p" ? removeParked(cancelling) : remove(cancelling, SETS[state]))) {
      await context.command("ZREM", context.keys.cancelled, jid);
      return true;
    }
  }
  await context.run(cancelScript, { jid, where: "anywhere" });
  return true;
}

/** @returns whether it was there. */
async function removeParked({ context, store, jid }: Cancelling): Promise<boolean> {
  const parked = await findParked(context, jid);
  return (
    parked !== undefined &&
    (await store.deleteAll({ queue: parked.queue }, [parked], "cancelled")) === 1
  );
}

/** @param set Where it waits; `undefined` for a queue. @returns whether it was there. */
async function remove({ store, jid, queue }: Cancelling, set: Place | undefined): Promise<boolean> {
  const names = set === undefined ? await store.queueNames() : [];
  const queues = new Set([...(queue === undefined ? [] : [queue]), ...names]);
  const places = set === undefined ? [...queues].map((name) => ({ queue: name })) : [set];
  for (const place of places) {
    const stored = await store.find(place, jid);
    if (stored !== undefined) {
      return (await store.deleteAll(place, [stored], "cancelled")) === 1;
    }
  }
  return false;
}
