import type { Adapter } from "../../adapters/adapter.ts";
import { checkOptionNames } from "../../job/checks/checks.ts";
import { settings } from "../../job/settings/settings.ts";
import { ConfigurationError } from "../../support/errors.ts";
import { assertAtRest } from "./at-rest.ts";
import { copyJobs, type Copied } from "./copy-jobs.ts";
import { Pauses } from "./pauses.ts";
import { removeCopied } from "./remove-copied.ts";

/** How jobs are to be moved. */
export interface MoveOptions {
  /** Counts what would be moved, and leaves it. @default false */
  readonly dryRun?: boolean;
  /** Called after each slice of some hundred jobs. */
  readonly onProgress?: (progress: MoveProgress) => void;
  /**
   * Ends it between two slices; it rejects with its reason. Begun again, it goes on where it was;
   * until then the queues of both stores are paused.
   */
  readonly signal?: AbortSignal;
}

/** How far a move has got. */
export interface MoveProgress {
  /** Jobs that the new store has. */
  readonly copied: number;
  /** Jobs that have left the old one. */
  readonly removed: number;
}

/** What came of a move. */
export interface MoveReport {
  /**
   * Jobs that are in the new store now and no more in the old one; in a dry run, those that would
   * be.
   */
  readonly moved: number;
  /**
   * Jobs that stay, since one of the new store holds a key that they must hold: the first 100 jids.
   */
  readonly refused: readonly string[];
  /** Jobs that stay since they belong to a batch, or wait for one: those are the old store's. */
  readonly ofBatches: number;
  /** Jobs that stay since their payloads cannot be read. */
  readonly unreadable: number;
}

/** What is enqueued meanwhile is moved by another round; so many at most. */
const ROUNDS = 5;

/**
 * Moves all jobs of one store into another: those that wait in queues, are scheduled, to be
 * retried, blocked or dead, with their ids, arguments, times, priorities, prerequisites, attempts
 * and keys.
 *
 * No worker may run on the old store. The queues of both are paused meanwhile: all is copied before
 * anything is deleted, so that no job is lost, and nothing runs before all is deleted, so that none
 * runs twice, wherever it breaks off. Begun again, it goes on. Whoever enqueues is to be pointed at
 * the new store first.
 *
 * Jobs that wait for their next attempt are scheduled for it in the new store. What is no job
 * stays: batches and their jobs, finished jobs and results, counters, and recurring jobs that were
 * defined at run time.
 *
 * @throws {ConfigurationError} if workers run on the old store, both are the same, or one lacks
 *   what the other's jobs need.
 * @throws {UnknownOptionError} if there is no such option.
 *
 * @example
 * ```ts
 * import { moveJobs } from "mandate";
 * import { RedisAdapter } from "mandate/redis";
 *
 * const before = new RedisAdapter({ url: "redis://127.0.0.1:6379/0" });
 * const after = new RedisAdapter({ url: "redis://127.0.0.1:6379/1" });
 * const { moved, refused } = await moveJobs(before, after);
 * console.log(`${moved} moved, ${refused.length} stay`);
 * ```
 */
export async function moveJobs(
  from: Adapter,
  to: Adapter,
  options: MoveOptions = {},
): Promise<MoveReport> {
  checkOptionNames(options, ["dryRun", "onProgress", "signal"], "the options of moveJobs");
  const { dryRun = false, onProgress, signal } = options;
  await assertAtRest(from);
  assertCapable(from, to);
  const copied: Copied = {
    jids: new Set(),
    refused: new Set(),
    ofBatches: new Set(),
    unreadable: 0,
  };
  let removed = 0;
  const task = {
    from,
    to,
    signal,
    dryRun,
    tell: (more: { readonly removed: number } = { removed: 0 }): void => {
      removed += more.removed;
      onProgress?.({ copied: copied.jids.size, removed });
    },
  };
  if (dryRun) {
    await copyJobs(task, copied);
    return reportOf(copied, copied.jids.size);
  }
  const pauses = await Pauses.begin(from, to);
  // None of those that come is to be forgotten for being one too many.
  to.useDefaults?.({ ...settings().storeDefaults, deadMaxJobs: Number.MAX_SAFE_INTEGER });
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      copied.ofBatches.clear();
      copied.refused.clear();
      copied.unreadable = 0;
      await pauses.add();
      await copyJobs(task, copied);
      if ((await removeCopied(task, copied)) === 0) {
        break;
      }
    }
  } finally {
    to.useDefaults?.(settings().storeDefaults);
  }
  await pauses.end();
  return reportOf(copied, removed);
}

const SHOWN = 100;

function reportOf({ refused, ofBatches, unreadable }: Copied, moved: number): MoveReport {
  return { moved, refused: [...refused].slice(0, SHOWN), ofBatches: ofBatches.size, unreadable };
}

function assertCapable(from: Adapter, to: Adapter): void {
  if (to.documents === undefined) {
    throw new ConfigurationError(
      `Cannot move jobs to the adapter "${to.name}": it keeps no documents, which a move goes on by`,
    );
  }
  if (from.holds !== undefined && to.holds === undefined) {
    throw new ConfigurationError(
      `Cannot move jobs from the adapter "${from.name}" to "${to.name}": ` +
        "they may have to hold keys, and that one keeps none",
    );
  }
}
