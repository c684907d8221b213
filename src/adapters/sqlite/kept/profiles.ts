import { PROFILE_KEPT, PROFILES_KEPT, type Profile, type StoredProfile } from "../../job-notes.ts";
import type { Context } from "../store/context.ts";

/** Profiles of runs: the latest few, for a day. */
export class Profiles {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  write({ data, ...described }: Profile): void {
    const key = `${described.name}-${described.jid}`;
    this.#context.run(
      "INSERT OR REPLACE INTO profile (name, described, data, until) VALUES (?, ?, ?, ?)",
      key,
      JSON.stringify({ key, size: data.length, ...described } satisfies StoredProfile),
      data,
      this.#context.now + PROFILE_KEPT,
    );
    this.#context.run(
      "DELETE FROM profile WHERE id <= (SELECT id FROM profile ORDER BY id DESC LIMIT 1 OFFSET ?)",
      PROFILES_KEPT,
    );
  }

  /** The latest first. */
  list(): StoredProfile[] {
    const rows = this.#context.all<{ described: string }>(
      "SELECT described FROM profile WHERE until > ? ORDER BY id DESC",
      this.#context.now,
    );
    return rows.map(({ described }) => JSON.parse(described) as StoredProfile);
  }

  read(key: string): Uint8Array | undefined {
    return this.#context.get<{ data: Uint8Array }>(
      "SELECT data FROM profile WHERE name = ? AND until > ?",
      key,
      this.#context.now,
    )?.data;
  }
}
