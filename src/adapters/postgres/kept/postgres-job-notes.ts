import {
  PROFILE_KEPT,
  PROFILES_KEPT,
  PROGRESS_KEPT,
  type JobEnd,
  type JobNotes,
  type Listening,
  type Profile,
  type ProgressNote,
  type StoredProfile,
} from "../../job-notes.ts";
import { textArray, type PostgresContext } from "../postgres-context.ts";

/** What jobs leave in Postgres for others to read. */
export class PostgresJobNotes implements JobNotes {
  readonly #context: PostgresContext;

  constructor(context: PostgresContext) {
    this.#context = context;
  }

  async writeProgress(notes: readonly ProgressNote[]): Promise<void> {
    const latest = new Map(notes.map((note) => [note.jid, note]));
    await this.#context.query(
      "note progress",
      `INSERT INTO @.progress (jid, note, until)
       SELECT n ->> 'jid', n::text, @.epoch() + $2::float8 FROM json_array_elements($1::text::json) n
       ON CONFLICT (jid) DO UPDATE SET note = excluded.note, until = excluded.until`,
      [JSON.stringify([...latest.values()]), PROGRESS_KEPT],
    );
  }

  async readProgress(jids: readonly string[]): Promise<readonly (ProgressNote | undefined)[]> {
    const rows = await this.#context.query(
      "read progress",
      "SELECT jid, note FROM @.progress WHERE jid = ANY ($1::text::text[]) AND until > @.epoch()",
      [textArray(jids)],
    );
    const byJid = new Map(
      rows.map(({ jid, note }) => [jid, JSON.parse(String(note)) as ProgressNote]),
    );
    return jids.map((jid) => byJid.get(jid));
  }

  async readEnds(jids: readonly string[]): Promise<readonly JobEnd[]> {
    const rows = await this.#context.query(
      "read how jobs ended",
      `SELECT a.jid, CASE WHEN j.state = 5 THEN 'dead' WHEN j.jid IS NOT NULL THEN 'unfinished'
                          WHEN e.how = 'cancelled' THEN 'cancelled' ELSE 'over' END AS state, r.body
         FROM unnest($1::text::text[]) a(jid)
         LEFT JOIN @.job j ON j.jid = a.jid COLLATE "C"
         LEFT JOIN @.ended e ON e.jid = a.jid COLLATE "C" AND e.until > @.epoch()
         LEFT JOIN @.result r ON r.jid = a.jid COLLATE "C" AND r.until > @.epoch()`,
      [textArray(jids)],
    );
    const byJid = new Map(
      rows.map(({ jid, state, body }) => [
        jid,
        {
          state: state as JobEnd["state"],
          left: body === null ? undefined : (JSON.parse(body as string) as string),
        },
      ]),
    );
    return jids.map((jid) => byJid.get(jid) ?? { state: "over", left: undefined });
  }

  listen(jid: string, onEnd: () => void): Listening {
    return this.#context.bell.listening(({ ended, missed }) => {
      if (missed === true || ended?.includes(jid) === true) onEnd();
    });
  }

  async writeProfile({ data, ...about }: Profile): Promise<void> {
    const key = `${about.name}-${about.jid}`;
    const described: StoredProfile = { key, size: data.length, ...about };
    await this.#context.query(
      "keep a profile",
      `WITH kept AS (
         INSERT INTO @.profile (key, pos, until, about, data)
         VALUES ($1::text, nextval('@.seq'), @.epoch() + $2::float8, $3::text, $4::text)
         ON CONFLICT (key) DO UPDATE SET pos = excluded.pos, until = excluded.until, about = excluded.about, data = excluded.data)
       DELETE FROM @.profile WHERE key <> $1::text AND key IN (
         SELECT key FROM @.profile WHERE key <> $1::text ORDER BY pos DESC OFFSET $5::int)`,
      [
        key,
        PROFILE_KEPT,
        JSON.stringify(described),
        Buffer.from(data).toString("base64"),
        PROFILES_KEPT - 1,
      ],
    );
  }

  async readProfiles(): Promise<readonly StoredProfile[]> {
    const rows = await this.#context.query(
      "list profiles",
      "SELECT about FROM @.profile WHERE until > @.epoch() ORDER BY pos DESC",
    );
    return rows.map(({ about }) => JSON.parse(String(about)) as StoredProfile);
  }

  async readProfile(key: string): Promise<Uint8Array | undefined> {
    const [row] = await this.#context.query(
      "read a profile",
      "SELECT data FROM @.profile WHERE key = $1::text AND until > @.epoch()",
      [key],
    );
    return row && new Uint8Array(Buffer.from(String(row["data"]), "base64"));
  }
}
