import { readRuns } from "./class-runs.ts";
import {
  PROGRESS_KEPT,
  type ClassRuns,
  type JobEnd,
  type JobNotes,
  type Listening,
  type Profile,
  type ProgressNote,
  type StoredProfile,
} from "../../job-notes.ts";
import { readValues } from "../connection/read-reply.ts";
import type { RedisContext } from "../redis-context.ts";
import { RedisIterations } from "./redis-iterations.ts";
import type { RedisProfiles } from "./redis-profiles.ts";
import { rememberedEnds } from "./remembered-ends.ts";
import { isText, objectIn, timeIn } from "../payloads/untrusted.ts";
import type { ResultChannel } from "./result-channel.ts";

/** Keys that one command reads at most. */
const SLICE = 500;

/** What jobs leave in Redis for others to read. */
export class RedisJobNotes implements JobNotes {
  readonly iterations: RedisIterations;
  readonly #context: RedisContext;
  readonly #channel: ResultChannel;
  readonly #profiles: RedisProfiles;

  constructor(
    context: RedisContext,
    { channel, profiles }: { readonly channel: ResultChannel; readonly profiles: RedisProfiles },
  ) {
    this.iterations = new RedisIterations(context);
    this.#context = context;
    this.#channel = channel;
    this.#profiles = profiles;
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
    const { keys } = this.#context;
    const texts = await this.#texts(jids.map((jid) => keys.progress(jid)));
    return texts.map((text, index) =>
      text === undefined ? undefined : progressIn(text, jids[index] ?? ""),
    );
  }

  async readEnds(jids: readonly string[]): Promise<readonly JobEnd[]> {
    const { keys, command } = this.#context;
    if (jids.length === 0) {
      return [];
    }
    const states = readValues(await command("HMGET", keys.jobs, ...jids));
    // After that: what was over then had left what it leaves.
    const over = jids.filter((_, index) => states[index] === null);
    const [left, ends] = await Promise.all([
      this.#texts(jids.map((jid) => keys.result(jid))),
      rememberedEnds(this.#context, over),
    ]);
    const cancelled = new Set(over.filter((_, index) => ends[index] === "cancelled"));
    return states.map((state, index) => ({
      state:
        state === null
          ? cancelled.has(jids[index] ?? "")
            ? "cancelled"
            : "over"
          : state.startsWith("d")
            ? "dead"
            : "unfinished",
      left: left[index],
    }));
  }

  listen(jid: string, onEnd: () => void): Listening {
    return this.#channel.listen(this.#context.keys.result(jid), onEnd);
  }

  writeProfile(profile: Profile): Promise<void> {
    return this.#profiles.write(profile);
  }

  readRuns(minutes: number): Promise<readonly ClassRuns[]> {
    return readRuns(this.#context, minutes);
  }

  readProfiles(): Promise<readonly StoredProfile[]> {
    return this.#profiles.list();
  }

  readProfile(key: string): Promise<Uint8Array | undefined> {
    return this.#profiles.read(key);
  }

  /** One that is of another type is not told, as one that is not there. */
  async #texts(keys: readonly string[]): Promise<(string | undefined)[]> {
    const texts: (string | undefined)[] = [];
    for (let first = 0; first < keys.length; first += SLICE) {
      const slice = keys.slice(first, first + SLICE);
      const found = readValues(await this.#context.command("MGET", ...slice));
      texts.push(...found.map((text) => text ?? undefined));
    }
    return texts;
  }
}

/** As it was written; `undefined` where that is no progress: anybody may have written it. */
function progressIn(text: string, jid: string): ProgressNote | undefined {
  const { done, total, note, at: said } = objectIn(text);
  const at = timeIn(said);
  return isAmount(done) && isAmount(total) && total > 0 && at !== undefined
    ? { jid, done, total, at, ...(isText(note) ? { note } : {}) }
    : undefined;
}

function isAmount(value: unknown): value is number {
  return Number.isFinite(value) && (value as number) >= 0;
}
