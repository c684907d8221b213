import type { Hold } from "../../hold.ts";
import type {
  HolderPage,
  Holds,
  KeyLimit,
  KeyPage,
  KeyState,
  Obstacle,
  Taken,
  TakeOptions,
} from "../../holds.ts";
import { numberText } from "../accepting/entry-lines.ts";
import { textArray, type PostgresContext } from "../postgres-context.ts";

/** Keys in Postgres, for code and operators. */
export class PostgresHolds implements Holds {
  readonly #context: PostgresContext;

  constructor(context: PostgresContext) {
    this.#context = context;
  }

  async take(key: string, holder: string, options: TakeOptions): Promise<Taken> {
    const { taken, retryAt } = await this.#context.call<{
      taken: boolean;
      retryAt?: number | null;
    }>("take a key", "take_1($1::text, $2::text, $3::text)", [
      key,
      holder,
      JSON.stringify({ ...options, to: numberText(options.to) }),
    ]);
    return taken ? { taken } : { taken, retryAt: retryAt ?? undefined };
  }

  async giveBack(key: string, holder: string, tokens?: number): Promise<boolean> {
    const { done } = await this.#context.call<{ done: boolean }>(
      "give back a key",
      "give_back_1($1::text, $2::text, $3::float8)",
      [key, holder, tokens ?? null],
    );
    return done;
  }

  async limit(key: string, limit: KeyLimit): Promise<void> {
    await this.#context.call("limit a key", "limit_1($1::text, $2::text)", [
      key,
      JSON.stringify({ ...limit, to: numberText(limit.to) }),
    ]);
  }

  async read(keys: readonly string[]): Promise<readonly (KeyState | undefined)[]> {
    const [row] = await this.#context.query(
      "read keys",
      "SELECT @.read_keys_1($1::text) AS answer",
      [JSON.stringify(keys)],
    );
    const states = JSON.parse(String(row?.["answer"])) as (KeyState | null)[];
    return states.map((state) =>
      state === null ? undefined : { ...state, to: state.to ?? Infinity },
    );
  }

  async keys(prefix: string, cursor: string | undefined, limit: number): Promise<KeyPage> {
    const rows = await this.#context.query(
      "list keys",
      "SELECT name FROM @.key WHERE name >= $1::text AND starts_with(name, $1::text) AND name > $2::text ORDER BY name LIMIT $3::int",
      [prefix, cursor ?? "", limit],
    );
    const names = rows.map(({ name }) => String(name));
    const states = await this.read(names);
    return {
      keys: states.filter((state) => state !== undefined),
      cursor: names.length === limit ? names.at(-1) : undefined,
    };
  }

  async holders(key: string, cursor: string | undefined, limit: number): Promise<HolderPage> {
    await this.read([key]);
    const rows = await this.#context.query(
      "list holders of a key",
      `SELECT holder, since, until, ord::float8 AS ord FROM @.grip WHERE key = $1::text AND ord > $2::float8::bigint
        ORDER BY ord LIMIT $3::int`,
      [key, Number(cursor ?? 0), limit],
    );
    return {
      holders: rows.map(({ holder, since, until }) => ({
        holder: String(holder),
        since: Number(since),
        until: Number(until) === Infinity ? undefined : Number(until),
      })),
      cursor: rows.length === limit ? String(rows.at(-1)?.["ord"]) : undefined,
    };
  }

  async release(key: string, holder: string): Promise<boolean> {
    return this.giveBack(key, holder);
  }

  async inTheWay(jid: string): Promise<readonly Obstacle[]> {
    const [row] = await this.#context.query(
      "look what is in a job's way",
      "SELECT @.in_the_way_1($1::text) AS answer",
      [jid],
    );
    const all = JSON.parse(String(row?.["answer"])) as { key: string; holder: string | null }[];
    return all.map(({ key, holder }) => ({ key, holder: holder ?? undefined }));
  }

  async wanted(jids: readonly string[]): Promise<readonly (readonly Hold[] | undefined)[]> {
    const rows = await this.#context.query(
      "read what jobs have to hold",
      "SELECT jid, (from_enqueue || from_fetch)::text AS holds FROM @.guard WHERE jid = ANY ($1::text::text[])",
      [textArray(jids)],
    );
    const byJid = new Map(rows.map(({ jid, holds }) => [jid, holdsIn(holds as string)]));
    return jids.map((jid) => byJid.get(jid));
  }
}

function holdsIn(text: string): readonly Hold[] | undefined {
  const holds = JSON.parse(text) as (Hold & { readonly to?: number | "Infinity" })[];
  const all = holds.map((hold) =>
    hold.to === undefined ? hold : { ...hold, to: Number(hold.to) },
  );
  return all.length === 0 ? undefined : all;
}
