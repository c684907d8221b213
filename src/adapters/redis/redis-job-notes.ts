import { PROGRESS_KEPT, type JobNotes, type ProgressNote } from "../job-notes.ts";
import type { RedisContext } from "./redis-context.ts";

/** Keys that one command reads at most. */
const SLICE = 500;

/** What jobs leave in Redis for others to read. */
export class RedisJobNotes implements JobNotes {
  readonly #context: RedisContext;

  constructor(context: RedisContext) {
    this.#context = context;
  }

  async writeProgress(notes: readonly ProgressNote[]): Promise<void> {
    const { keys, command } = this.#context;
    await Promise.all(
      notes.map(({ jid, ...note }) =>
        command("SET", keys.progress(jid), JSON.stringify(note), "EX", PROGRESS_KEPT),
      ),
    );
  }

  async readProgress(jids: readonly string[]): Promise<readonly (ProgressNote | undefined)[]> {
    const { keys, command } = this.#context;
    const notes: (ProgressNote | undefined)[] = [];
    for (let first = 0; first < jids.length; first += SLICE) {
      const slice = jids.slice(first, first + SLICE);
      const texts = (await command("MGET", ...slice.map((jid) => keys.progress(jid)))) as (
        string | null
      )[];
      slice.forEach((jid, index) => {
        const text = texts[index];
        notes.push(text == null ? undefined : { ...(JSON.parse(text) as ProgressNote), jid });
      });
    }
    return notes;
  }
}
