import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Adapter } from "../adapters/adapter.ts";
import type { StoredProfile } from "../adapters/job-notes.ts";
import { dateAt } from "../adapters/job-record.ts";
import { settings } from "../job/settings/settings.ts";

const uncompress = promisify(gunzip);

/** What was recorded of a job's run, as operators see it. */
export class ProfileEntry {
  /** The name and the job's jid, with a hyphen between. */
  readonly key: string;
  /** As the job was told: `X.set({ profile: "slow-import" })`. */
  readonly name: string;
  /** The job's id. */
  readonly jid: string;
  /** The job's class, or its command. */
  readonly className: string;
  /** When the run began. */
  readonly startedAt: Date;
  /** How long it took. */
  readonly seconds: number;
  /** Bytes that it takes in the store. */
  readonly size: number;
  /** `"cpuprofile"` is V8's; `"vernier"` is that of Ruby's profiler, for the Firefox Profiler. */
  readonly format: "cpuprofile" | "vernier";
  readonly #adapter: Adapter;

  /** @internal */
  constructor({ startedAt, ...profile }: StoredProfile, adapter: Adapter) {
    const { key, name, jid, className, seconds, size, format } = profile;
    this.key = key;
    this.name = name;
    this.jid = jid;
    this.className = className;
    this.startedAt = dateAt(startedAt) ?? new Date(0);
    this.seconds = seconds;
    this.size = size;
    this.format = format;
    this.#adapter = adapter;
  }

  /**
   * What was recorded: JSON, for a file whose name ends in `.cpuprofile`, or in `.json` where it is
   * Ruby's. speedscope, Chrome and the Firefox Profiler open it.
   *
   * @returns `undefined` where it is not kept any more.
   */
  async read(): Promise<string | undefined> {
    const data = await this.#adapter.notes.readProfile(this.key);
    return data === undefined ? undefined : String(await uncompress(data));
  }
}

/**
 * The profiles that are kept, the latest first: for a day, 50 of this library's, and those of a
 * Sidekiq that shares the Redis.
 *
 * @param adapter @default the one of `configure`
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { profiles } from "mandate";
 *
 * for (const profile of await profiles()) {
 *   await writeFile(`${profile.key}.cpuprofile`, (await profile.read()) ?? "");
 * }
 * ```
 */
export async function profiles(
  adapter: Adapter = settings().adapter,
): Promise<readonly ProfileEntry[]> {
  const kept = await adapter.notes.readProfiles();
  return kept.map((profile) => new ProfileEntry(profile, adapter));
}

/** What a file with a profile is called: its name may be anybody's. */
export function profileFile({ key, format }: Pick<ProfileEntry, "key" | "format">): string {
  const name = key.replaceAll(/[^\w.-]+/g, "_").replace(/^\.+/, "");
  return `${name}.${format === "cpuprofile" ? format : "json"}`;
}
