import type { Hold } from "../../hold.ts";
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
import { readScored, readText, readValues } from "../connection/read-reply.ts";
import type { RedisContext } from "../redis-context.ts";
import { decodeHolds } from "./decode-holds.ts";
import {
  giveBackHoldScript,
  inTheWayScript,
  limitKeyScript,
  listKeysScript,
  readKeysScript,
  takeHoldScript,
  unfoldLocksScript,
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

  async keys(prefix: string, cursor: string | undefined, limit: number): Promise<KeyPage> {
    if (cursor === undefined) {
      await this.#unfoldLocks(prefix);
    }
    return this.#context.run(listKeysScript, { prefix, cursor, limit });
  }

  async holders(key: string, cursor: string | undefined, limit: number): Promise<HolderPage> {
    const { command, keys } = this.#context;
    const lock = cursor === undefined ? await command("HGET", keys.locks, key) : null;
    if (lock !== null) {
      return lockerOf(readText(lock));
    }
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
        return { holder, since: since / SECOND, until: end === undefined ? end : Number(end) };
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

  async wanted(jids: readonly string[]): Promise<readonly (readonly Hold[] | undefined)[]> {
    const { command, keys } = this.#context;
    const found: (readonly Hold[] | undefined)[] = [];
    for (let from = 0; from < jids.length; from += MOST) {
      const some = jids.slice(from, from + MOST);
      // Whoever leaves one of the two stands in the other by then.
      const locks = readValues(await command("HMGET", keys.locked, ...some));
      const rows = readValues(await command("HMGET", keys.holds, ...some));
      found.push(...some.map((_, at) => decodeHolds(rows[at], locks[at])));
    }
    return found;
  }

  /** A part at a time: none holds Redis for long. */
  async #unfoldLocks(prefix: string): Promise<void> {
    let cursor = "0";
    do {
      cursor = await this.#context.run(unfoldLocksScript, { cursor, prefix, count: MOST });
    } while (cursor !== "0");
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

/** Digits by which a lock says in front since when it is held, in epoch microseconds. */
const SINCE = 16;
/** Microseconds in a second. */
const SECOND = 1_000_000;

function lockerOf(lock: string): HolderPage {
  const holder = lock.slice(SINCE);
  const since = Number(lock.slice(0, SINCE)) / SECOND;
  return { holders: [{ holder, since, until: undefined }], cursor: undefined };
}
