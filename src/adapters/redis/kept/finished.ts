import type { FinishedJob } from "../../job-notes.ts";
import type { RedisContext } from "../redis-context.ts";
import { keepFinishedScript, trimFinishedScript } from "../scripts/scripts.ts";

/** More in one script would hold Redis too long. */
const SLICE = 50;

/** A job that is over, and what of it is kept. */
export interface Finished {
  readonly jid: string;
  readonly queue: string;
  readonly finished: FinishedJob;
}

/** Keeps jobs for operators, once it is settled that they are over. */
export async function keepFinished(
  context: RedisContext,
  jobs: readonly Finished[],
): Promise<void> {
  for (let first = 0; first < jobs.length; first += SLICE) {
    const args = jobs
      .slice(first, first + SLICE)
      .flatMap(({ jid, queue, finished: { group, count, seconds, payload } }) => [
        jid,
        queue,
        // Lines tell the parts of what is stored from each other.
        group.replaceAll("\n", " "),
        count,
        seconds,
        payload,
      ]);
    await context.run(keepFinishedScript, args);
  }
}

/** Forgets those whose time is over: where none comes any more, nobody else does. */
export async function trimFinished(context: RedisContext): Promise<void> {
  const most = 500;
  while ((await context.run<number>(trimFinishedScript, [most])) === most);
}
