import {
  PROGRESS_KEPT,
  type JobEnd,
  type JobNotes,
  type Listening,
  type Profile,
  type ProgressNote,
  type StoredProfile,
} from "../../job-notes.ts";
import type { JobStatus } from "../../job-store.ts";
import type { Context } from "../store/context.ts";
import type { Steps } from "../store/steps.ts";
import type { Telling } from "../telling/telling.ts";
import { Profiles } from "./profiles.ts";
import type { Results } from "./results.ts";

/** What notes share with their adapter. */
export interface JobNotesParts {
  readonly context: Context;
  readonly steps: Steps;
  readonly telling: Telling;
  readonly results: Results;
  readonly statusOf: (jid: string) => JobStatus;
}

/** What jobs in a file leave for others to read. */
export class SqliteJobNotes implements JobNotes {
  readonly #parts: JobNotesParts;
  readonly #profiles: Profiles;

  constructor(parts: JobNotesParts) {
    this.#parts = parts;
    this.#profiles = new Profiles(parts.context);
  }

  async writeProgress(notes: readonly ProgressNote[]): Promise<void> {
    const { steps, context } = this.#parts;
    await steps.write(() => {
      for (const note of notes) {
        context.run(
          "INSERT OR REPLACE INTO progress (jid, note, until) VALUES (?, ?, ?)",
          note.jid,
          JSON.stringify(note),
          context.now + PROGRESS_KEPT,
        );
      }
    });
  }

  async readProgress(jids: readonly string[]): Promise<readonly (ProgressNote | undefined)[]> {
    return this.#parts.steps.read(() => jids.map((jid) => this.#progressOf(jid)));
  }

  async readEnds(jids: readonly string[]): Promise<readonly JobEnd[]> {
    const { steps, results, statusOf } = this.#parts;
    return steps.read(() =>
      jids.map((jid) => ({ state: stateOf(statusOf(jid)), left: results.of(jid) })),
    );
  }

  listen(jid: string, onEnd: () => void): Listening {
    return this.#parts.telling.onEnd(jid, onEnd);
  }

  async writeProfile(profile: Profile): Promise<void> {
    await this.#parts.steps.write(() => this.#profiles.write(profile));
  }

  async readProfiles(): Promise<readonly StoredProfile[]> {
    return this.#parts.steps.read(() => this.#profiles.list());
  }

  async readProfile(key: string): Promise<Uint8Array | undefined> {
    return this.#parts.steps.read(() => this.#profiles.read(key));
  }

  /** Whether a job has left or said anything. In a step. */
  has(jid: string): boolean {
    return this.#parts.results.of(jid) !== undefined || this.#progressOf(jid) !== undefined;
  }

  #progressOf(jid: string): ProgressNote | undefined {
    const { context } = this.#parts;
    const row = context.get<{ note: string }>(
      "SELECT note FROM progress WHERE jid = ? AND until > ?",
      jid,
      context.now,
    );
    return row && (JSON.parse(row.note) as ProgressNote);
  }
}

function stateOf(status: JobStatus): JobEnd["state"] {
  if (status === "finished") {
    return "over";
  }
  return status === "dead" || status === "cancelled" ? status : "unfinished";
}
