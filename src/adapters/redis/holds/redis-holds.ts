import type {
  HolderPage,
  Holds,
  KeyLimit,
  KeyPage,
  KeyState,
  Obstacle,
  TakeOptions,
  Taken,
} from "../../holds.ts";
import { readScored, readValues } from "../connection/read-reply.ts";
import type { RedisContext } from "../redis-context.ts";
import {
  giveBackHoldScript,
  inTheWayScript,
  limitKeyScript,
  listKeysScript,
  readKeysScript,
  takeHoldScript,
} from "./hold-scripts.ts";

/** Keys that are read at a time. */
const MOST = 200;

/** Keys and who holds them, as shared/holds.lua keeps them. */
export class RedisHolds implements Holds {
  readonly #context: RedisContext;

  constructor(context: RedisContext) {
    this.#context = context;
  }

  take(key: string, holder: string, options: TakeOptions): Promise<Taken> {
    return this.#context.run(takeHoldScript, { ...options, key, holder });
  }

  giveBack(key: string, holder: string, tokens = 0): Promise<boolean> {
    return this.#context.run(giveBackHoldScript, { key, holder, tokens, isForGood: false });
  }

  limit(key: string, limit: KeyLimit): Promise<void> {
    return this.#context.run(limitKeyScript, { key, ...limit });
  }

  async read(keys: readonly string[]): Promise<readonly (KeyState | undefined)[]> {
    const states: (KeyState | undefined)[] = [];
    for (let from = 0; from < keys.length; from += MOST) {
      states.push(...(await this.#context.run(readKeysScript, keys.slice(from, from + MOST))));
    }
    return states;
  }

  keys(prefix: string, cursor: string | undefined, limit: number): Promise<KeyPage> {
    return this.#context.run(listKeysScript, { prefix, cursor, limit });
  }

  async holders(key: string, cursor: string | undefined, limit: number): Promise<HolderPage> {
    const { command, keys } = this.#context;
    const first = cursor === undefined ? 0 : await this.#placeBehind(key, cursor);
    const range = ["ZRANGE", keys.hold(key), first, first + limit - 1, "WITHSCORES"] as const;
    const found = readScored(await command(...range));
    const last = found.at(-1);
    if (last === undefined) {
      return { holders: [], cursor: undefined };
    }
    const names = found.map(({ member }) => member);
    const ends = readValues(await command("ZMSCORE", keys.holdUntil(key), ...names));
    return {
      holders: found.map(({ member: holder, at: since }, index) => {
        const end = ends[index] ?? undefined;
        return { holder, since, until: end === undefined ? end : Number(end) };
      }),
      cursor: found.length === limit ? `${last.score}:${last.member}` : undefined,
    };
  }

  release(key: string, holder: string): Promise<boolean> {
    return this.#context.run(giveBackHoldScript, { key, holder, tokens: 0, isForGood: true });
  }

  inTheWay(jid: string): Promise<readonly Obstacle[]> {
    return this.#context.run(inTheWayScript, jid);
  }

  /** How many there are up to the last one seen, which may have left. */
  async #placeBehind(key: string, cursor: string): Promise<number> {
    const { command, keys } = this.#context;
    const [score = ""] = cursor.split(":", 1);
    const rank = await command("ZRANK", keys.hold(key), cursor.slice(score.length + 1));
    return rank === null
      ? Number(await command("ZCOUNT", keys.hold(key), "-inf", `(${score}`))
      : Number(rank) + 1;
  }
}
