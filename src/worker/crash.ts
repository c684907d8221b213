import type { FetchedJob, Outcome } from "../adapters/adapter.ts";
import { currentRun, outcomeOfThrown } from "../job/outcome/outcome-of-thrown.ts";
import type { Parts } from "./parts.ts";
import type { RunningNow } from "./running-now.ts";
import { within } from "./within.ts";

/** Seconds that a failure's handlers, and then the store, can hold up the end at most. */
const LAST_WORDS = 1;

/** Jobs that one line names. */
const MOST_SHOWN = 10;

/**
 * Ends a worker whose process has to end, since an error was thrown that nobody caught. Whose it
 * is, what surrounds the call tells: that job fails with it, and all others are given back. Where
 * nothing tells, those that run are left to the lease: when it has run out they come again, counted
 * as lost, so that what ends one worker after the other is buried. Never rejects.
 */
export async function crash(parts: Parts, error: unknown): Promise<void> {
  const { slots, fetcher, leases, logger } = parts;
  const culprit = currentRun();
  const running = slots.runningJobs;
  fetcher.quiet();
  slots.close();
  let left: readonly FetchedJob[] = [];
  if (culprit === undefined) {
    left = running;
    logger.error({ err: error }, unknownCulprit(slots.running));
    slots.abandon(running);
  } else {
    const { className, fetched, record } = culprit;
    const { jid } = record;
    const isOver = !running.includes(fetched);
    const text = isOver ? ", and left behind when it ended" : "";
    logger.error(
      { err: error, jid, queue: fetched.queue },
      `Nobody caught what ${className} threw${text}: this worker ends, and gives its other jobs back`,
    );
    slots.abandon([fetched]);
    if (!isOver) {
      const outcome = await inTime(outcomeOfThrown(culprit, error));
      left = outcome === undefined ? [fetched] : [];
      if (outcome !== undefined) {
        fetcher.settle(outcome);
      }
    }
  }
  await within(LAST_WORDS, fetcher.settled());
  fetcher.end();
  if (left.length === 0) {
    await within(LAST_WORDS, leases.close());
  }
}

function unknownCulprit(running: readonly RunningNow[]): string {
  const begin = "Nobody caught an error, and no job can be told that threw it";
  if (running.length === 0) {
    return `${begin}; none runs here: this worker ends`;
  }
  const shown = running
    .slice(0, MOST_SHOWN)
    .map(({ name, jid }) => `${name} (${jid ?? "without a jid"})`);
  const more = running.length > MOST_SHOWN ? ` and ${running.length - MOST_SHOWN} more` : "";
  return (
    `${begin}. One of those that run may have: ${shown.join(", ")}${more}. This worker ends, and gives ` +
    "the others back; these come again when its lease has run out"
  );
}

async function inTime(outcome: Promise<Outcome>): Promise<Outcome | undefined> {
  let found: Outcome | undefined;
  const awaited = outcome.then(
    (settled) => {
      found = settled;
    },
    () => undefined,
  );
  await within(LAST_WORDS, awaited);
  return found;
}
