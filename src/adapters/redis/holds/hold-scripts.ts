import type { Rate } from "../../hold.ts";
import type { KeyLimit, KeyState, Obstacle, Taken, TakeOptions } from "../../holds.ts";
import {
  inTurns,
  readFlag,
  readInteger,
  readList,
  readText,
  readTexts,
} from "../connection/read-reply.ts";
import type { Reply } from "../connection/reply-reader.ts";
import { script, type Script } from "../scripts/script.ts";
import { ALIGNED, encodeTaken } from "./encode-holds.ts";

interface Taking extends TakeOptions {
  readonly key: string;
  readonly holder: string;
}

/** Takes a key for code. */
export const takeHoldScript: Script<Taking, Taken> = script("take-hold", {
  encode: ({ tokens = 1, run = "", ...hold }) => [encodeTaken(hold), tokens, run],
  decode: (reply) => {
    const [taken, at] = readList(reply);
    if (readFlag(taken)) {
      return { taken: true };
    }
    const retryAt = readText(at);
    return { taken: false, retryAt: retryAt === "" ? undefined : Number(retryAt) };
  },
});

interface GivingBack {
  readonly key: string;
  readonly holder: string;
  /** 0: the key itself. */
  readonly tokens: number;
  /** The holder does not take it again by itself. */
  readonly isForGood: boolean;
}

/** Answers whether it was held. */
export const giveBackHoldScript: Script<GivingBack, boolean> = script("give-back-hold", {
  encode: ({ key, holder, tokens, isForGood }) => [key, holder, tokens, isForGood ? 1 : 0],
  decode: readFlag,
});

/** Says how often a key may be held, or its rate. */
export const limitKeyScript: Script<KeyLimit & { readonly key: string }, void> = script(
  "limit-key",
  {
    encode: (limit) => [encodeTaken({ ...limit, seconds: 0, holder: "" })],
    decode: () => undefined,
  },
);

/** What is known of these keys. */
export const readKeysScript: Script<readonly string[], readonly (KeyState | undefined)[]> = script(
  "read-keys",
  {
    encode: (keys) => ["", "", 0, ...keys],
    decode: (reply) => readList(reply).map(readState),
  },
);

interface KeyList {
  readonly prefix: string;
  readonly cursor: string | undefined;
  readonly limit: number;
}

interface ListedKeys {
  readonly keys: readonly KeyState[];
  readonly cursor: string | undefined;
}

/** A page of keys that begin so, in their order. */
export const listKeysScript: Script<KeyList, ListedKeys> = script("read-keys", {
  encode: ({ prefix, cursor = "", limit }) => [prefix, cursor, limit],
  decode: (reply) => {
    const states = [...readList(reply)];
    const last = states.at(-1);
    const cursor = typeof last === "string" ? last : undefined;
    const keys = cursor === undefined ? states : states.slice(0, -1);
    return { keys: keys.flatMap((state) => readState(state) ?? []), cursor };
  },
});

interface LockPart {
  /** "0" at the beginning. */
  readonly cursor: string;
  /** What keys begin with. */
  readonly prefix: string;
  readonly count: number;
}

/** Has a part of the locks stand among other keys; answers where the next begins, or "0". */
export const unfoldLocksScript: Script<LockPart, string> = script("unfold-locks", {
  encode: ({ cursor, prefix, count }) => [cursor, `${escaped(prefix)}*`, count],
  decode: readText,
});

/** As a pattern that matches this text only. */
function escaped(text: string): string {
  return text.replaceAll(/[\\*?[\]^-]/g, String.raw`\$&`);
}

/** Keys that keep a job from going on. */
export const inTheWayScript: Script<string, readonly Obstacle[]> = script("in-the-way", {
  encode: (jid) => [jid],
  decode: (reply) =>
    inTurns(readTexts(reply), 2).map(([key = "", holder = ""]) => {
      return { key, holder: holder === "" ? undefined : holder };
    }),
});

function readState(reply: Reply | undefined): KeyState | undefined {
  const [key, ...rest] = readList(reply);
  if (key === undefined) {
    return undefined;
  }
  const [to, tokens, seconds, burst, ...counts] = rest;
  const left = counts.pop();
  const [held = 0, waiting = 0, taken = 0, dead = 0] = counts.map(readInteger);
  const limit = limitOf(number(to), rateOf(number(tokens), number(seconds), number(burst)));
  const state = { key: readText(key), ...limit, held, waiting, taken, dead };
  return limit.rate === undefined ? state : { ...state, left: number(left) };
}

function rateOf(to: number, seconds: number, burst: number): Rate {
  return burst === ALIGNED ? { to, seconds, burst: to, aligned: true } : { to, seconds, burst };
}

function limitOf(to: number, rate: Rate): KeyLimit {
  const times = to < 0 ? Infinity : to;
  if (rate.to > 0) {
    return to < 0 ? { rate } : { to, rate };
  }
  return { to: times };
}

function number(reply: Reply | undefined): number {
  return Number(readText(reply));
}
