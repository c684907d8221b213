import { PROFILE_KEPT, PROFILES_KEPT, type Profile, type StoredProfile } from "../job-notes.ts";

/** Profiles of runs in this process: the latest few, for a day. */
export class MemoryProfiles {
  readonly #now: () => number;
  /** By key, the latest last. */
  readonly #kept = new Map<string, { readonly profile: Profile; readonly until: number }>();

  /** @param now Epoch seconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  write(profile: Profile): void {
    const key = `${profile.name}-${profile.jid}`;
    this.#kept.delete(key);
    this.#kept.set(key, { profile, until: this.#now() + PROFILE_KEPT });
    const [oldest = ""] = this.#kept.keys();
    if (this.#kept.size > PROFILES_KEPT) {
      this.#kept.delete(oldest);
    }
  }

  list(): readonly StoredProfile[] {
    return [...this.#kept]
      .filter(([, { until }]) => until > this.#now())
      .map(([key, { profile }]) => {
        const { data, ...described } = profile;
        return { key, size: data.length, ...described };
      })
      .reverse();
  }

  read(key: string): Uint8Array | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && kept.until > this.#now() ? kept.profile.data : undefined;
  }

  clear(): void {
    this.#kept.clear();
  }
}
