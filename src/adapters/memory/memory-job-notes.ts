import type { JobStatus } from "../job-store.ts";
import {
  PROGRESS_KEPT,
  type JobEnd,
  type JobNotes,
  type LeftResult,
  type Listening,
  type Profile,
  type ProgressNote,
  type StoredProfile,
} from "../job-notes.ts";
import { Listeners } from "../listeners.ts";
import { ExpiringMap } from "./expiring-map.ts";
import { MemoryProfiles } from "./memory-profiles.ts";

function isOver(status: JobStatus): status is "dead" | "cancelled" {
  return status === "dead" || status === "cancelled";
}

/** What jobs in this process leave for others to read. */
export class MemoryJobNotes implements JobNotes {
  readonly #statusOf: (jid: string) => JobStatus;
  readonly #progress: ExpiringMap<ProgressNote>;
  readonly #results: ExpiringMap<string>;
  readonly #profiles: MemoryProfiles;
  readonly #listeners = new Listeners();

  /** @param now Epoch seconds. */
  constructor(now: () => number, statusOf: (jid: string) => JobStatus) {
    this.#statusOf = statusOf;
    this.#progress = new ExpiringMap(now);
    this.#results = new ExpiringMap(now);
    this.#profiles = new MemoryProfiles(now);
  }

  async writeProgress(notes: readonly ProgressNote[]): Promise<void> {
    for (const note of notes) {
      this.#progress.set(note.jid, note, PROGRESS_KEPT);
    }
  }

  async readProgress(jids: readonly string[]): Promise<readonly (ProgressNote | undefined)[]> {
    return jids.map((jid) => this.#progress.get(jid));
  }

  async readEnds(jids: readonly string[]): Promise<readonly JobEnd[]> {
    return jids.map((jid) => {
      const status = this.#statusOf(jid);
      const state =
        status === "finished" ? "over" : isOver(status) ? status : ("unfinished" as const);
      return { state, left: this.#results.get(jid) };
    });
  }

  listen(jid: string, onEnd: () => void): Listening {
    this.#listeners.add(jid, onEnd);
    return {
      ready: Promise.resolve(),
      stop: () => void this.#listeners.remove(jid, onEnd),
    };
  }

  async writeProfile(profile: Profile): Promise<void> {
    this.#profiles.write(profile);
  }

  async readProfiles(): Promise<readonly StoredProfile[]> {
    return this.#profiles.list();
  }

  async readProfile(key: string): Promise<Uint8Array | undefined> {
    return this.#profiles.read(key);
  }

  /** Whether a job has left or said anything. */
  has(jid: string): boolean {
    return this.#results.get(jid) !== undefined || this.#progress.get(jid) !== undefined;
  }

  /** A job is over, and leaves something. */
  leave(jid: string, { text, seconds }: LeftResult): void {
    this.#results.set(jid, text, seconds);
    this.#listeners.tell(jid);
  }

  /** Forgets all. */
  clear(): void {
    this.#results.clear();
    this.#progress.clear();
    this.#profiles.clear();
  }
}
