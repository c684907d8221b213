import type { FinishedJob } from "../../job-notes.ts";
import { readInteger } from "../connection/read-reply.ts";
import type { RedisContext } from "../redis-context.ts";
import { script, type Script } from "../scripts/script.ts";

/** More in one script would hold Redis too long. */
const SLICE = 50;
const MOST_TRIMMED = 500;

/** A job that is over, and what of it is kept. */
export interface Finished {
  readonly jid: string;
  readonly queue: string;
  readonly finished: FinishedJob;
}

const keepFinishedScript: Script<readonly Finished[], void> = script("keep-finished", {
  encode: (jobs) =>
    jobs.flatMap(({ jid, queue, finished: { group, count, seconds, payload } }) => {
      // Lines tell the parts of what is stored from each other.
      return [jid, queue, group.replaceAll("\n", " "), count, seconds, payload];
    }),
  decode: () => undefined,
});

/** Forgets so many at most, and answers how many. */
const trimFinishedScript: Script<number, number> = script("trim-finished", {
  encode: (limit) => [limit],
  decode: readInteger,
});

/** Keeps jobs for operators, once it is settled that they are over. */
export async function keepFinished(
  { run }: RedisContext,
  jobs: readonly Finished[],
): Promise<void> {
  for (let first = 0; first < jobs.length; first += SLICE) {
    await run(keepFinishedScript, jobs.slice(first, first + SLICE));
  }
}

/** Forgets those whose time is over: where none comes any more, nobody else does. */
export async function trimFinished({ run }: RedisContext): Promise<void> {
  while ((await run(trimFinishedScript, MOST_TRIMMED)) === MOST_TRIMMED);
}
