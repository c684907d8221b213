import { PROGRESS_KEPT, type JobNotes, type ProgressNote } from "../job-notes.ts";
import { ExpiringMap } from "./expiring-map.ts";

/** What jobs in this process leave for others to read. */
export class MemoryJobNotes implements JobNotes {
  readonly #progress: ExpiringMap<ProgressNote>;

  /** @param now Epoch seconds. */
  constructor(now: () => number) {
    this.#progress = new ExpiringMap(now);
  }

  async writeProgress(notes: readonly ProgressNote[]): Promise<void> {
    for (const note of notes) {
      this.#progress.set(note.jid, note, PROGRESS_KEPT);
    }
  }

  async readProgress(jids: readonly string[]): Promise<readonly (ProgressNote | undefined)[]> {
    return jids.map((jid) => this.#progress.get(jid));
  }

  /** Forgets all. */
  clear(): void {
    this.#progress.clear();
  }
}
