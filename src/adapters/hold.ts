/**
 * What a job must hold, or is counted by, under a key: one mechanism for unique jobs, for limits of
 * concurrency and of rate, and for batches. The store keeps who holds which key; that alone
 * decides. What is kept of a key beside its holders changes only in the step in which one comes or
 * goes, so that nothing has to be put right later.
 *
 * A job takes its holds of one `from` all together or not at all, so that nobody who waits has what
 * another waits for.
 *
 * - A *turn* is a hold from the fetch until "settled": at most `to` jobs of the key run at once.
 * - A *token* is what a hold with a `rate` spends. Nobody holds it.
 */
export interface Hold {
  /**
   * What it is about: "unique:SyncAccount:42", "limit:stripe". Keys that begin with "queue:" are
   * those of queues; see {@link queueKey}.
   */
  readonly key: string;
  /** Taken when the job is accepted, or when it is handed out, in that very step. */
  readonly from: "enqueue" | "fetch";
  /**
   * When the job lets go of it. When it is over, whether it was done, cancelled, deleted or cleared
   * away, it lets go of all but "time", and of what is held against it (see "over").
   *
   * - fetched: in the step in which the job is handed out. Where it comes back unrun (release,
   *   `close`, recovery), it takes the key again if that is free, and goes without it if not.
   * - settled: when a run ends, however: done, retry, requeue, block, dead, release, `close`,
   *   recovery.
   * - attempted: when a run ends as done, retry or dead, for the first time.
   * - finished: when the job is over, or dead. Kept through retries, requeues, blocks and
   *   recoveries.
   * - over: when the job is over, but not when it dies: a dead one holds the key on. Once it is
   *   deleted from the dead set, or forgotten there, it holds the key for good: it was no success.
   *   `seconds` and `Holds.release` end that.
   * - time: `seconds` after it was taken, whatever becomes of the job.
   */
  readonly until: "fetched" | "settled" | "attempted" | "finished" | "over" | "time";
  /**
   * "time": for how long, needed. Else a safety net: so long after it was taken the key is free,
   * though the job lives.
   */
  readonly seconds?: number;
  /**
   * What becomes of the job where the key is full: where `to` jobs hold it, or others wait for it
   * in line already.
   *
   * - refuse, from enqueue: it is not accepted; the answer says who holds the key
   *   (`EnqueueAnswer.refused`). From fetch: it is handed out all the same, with
   *   `FetchedJob.refusedBy` and without any of its turns and tokens, to be discarded.
   * - park: it waits in line until the key is free. From fetch see {@link Entry.holds}.
   * - replace, from enqueue only: the oldest holder that waits (in a queue, parked, scheduled,
   *   blocked or to be retried) takes over what this one is: its payload (under the holder's own
   *   jid), queue, priority, time, `expiresAt` and holds from fetch. It keeps its jid, what it
   *   holds, what waits for it, and its place where queue and priority stay and it is due;
   *   prerequisites are added to its own; its failures are forgotten, as the payload does not know
   *   them. Where it would wait for itself then, this one is refused. A store may apply it where
   *   the job next moves, and show it as it was until then. Where all holders run, are dead, or
   *   over, this one waits in line; a later one replaces the one in line, so that at most one
   *   waits.
   */
  readonly whenFull: "refuse" | "park" | "replace";
  /**
   * How many may hold the key at once. The store keeps the latest declaration for a key, for all,
   * at least as long as a job that names the key is not over: what waits already obeys. `Infinity`:
   * any number. 0: none.
   * @default 1
   */
  readonly to?: number;
  /**
   * From fetch: a token is spent as the job is handed out, and `to` and `until` (which is to be
   * "fetched") do not count. A release, or `close`, gives it back; a recovery does not. The latest
   * declaration holds, as with `to`.
   */
  readonly rate?: Rate;
  /**
   * From enqueue and "park": what the job waits for in line. Those but "free" wait as long as it
   * takes, and do not take the key.
   *
   * - free: fewer than `to` hold the key, and none is before it in line.
   * - empty: nobody holds the key.
   * - death: one that held it until "finished" or "over" has died since the key came to be. It goes
   *   on at once where that is so already.
   * @default "free"
   */
  readonly waitsFor?: "free" | "empty" | "death";
  /**
   * "replace": however often it is replaced, the job is due so many seconds after it was accepted
   * at the latest.
   */
  readonly dueWithin?: number;
}

/**
 * At most `to` per `seconds` on average, and `burst` at once: in any window of w seconds no more
 * than w × to / seconds + burst. By the store's clock, as a generic cell rate algorithm: one number
 * per key. A token that was spent is one by a later rate, too.
 */
export interface Rate {
  /** How many. */
  readonly to: number;
  /** In which time, on average. */
  readonly seconds: number;
  /** At least 1. */
  readonly burst: number;
  /**
   * `to` in each window of `seconds` instead, all at once or not, where windows go by the clock:
   * one of a day begins at midnight, UTC. `burst` does not count then.
   */
  readonly aligned?: boolean;
}

/**
 * A key as people read it, for the reason why a job waits: "limit stripe:42" of "limit:stripe:42".
 *
 * @public
 */
export function shownKey(key: string): string {
  return key.replace(":", " ");
}

const QUEUE = "queue:";

/**
 * The key that limits a whole queue by `Holds.limit`: none of its jobs has to name it, and Ruby's
 * obey too. Each takes a turn or a token of it as it is handed out, after those of its own; while
 * it is full nothing is fetched from the queue, and nothing is parked for it.
 *
 * @public
 */
export function queueKey(queue: string): string {
  return QUEUE + queue;
}
