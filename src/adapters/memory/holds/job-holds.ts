import type { Entry } from "../../entry.ts";
import type { Hold } from "../../hold.ts";
import type { Position } from "../chunk.ts";
import type { Grip } from "./grip.ts";
import type { HeldKey } from "./held-key.ts";
import type { ParkedLine } from "./parked-line.ts";

/** A hold that a job needs, and the key that it is about. */
export interface Wanted<Waiting extends Position> {
  readonly hold: Hold;
  readonly key: HeldKey<Waiting>;
}

/** What a job waits for after it has a key. */
export interface Prereqs {
  readonly prereqs?: Entry["prereqs"] | undefined;
  readonly prereqFailure?: Entry["prereqFailure"] | undefined;
}

/** Very many jobs may wait: what most do not have is no object of each. */
const NONE: readonly never[] = [];

/** What a job must hold, holds, and waits for: of those alone that have to hold anything. */
export class JobHolds<Waiting extends Position> {
  readonly jid: string;
  /** When it was accepted. */
  readonly since: number;
  readonly fromEnqueue: readonly Wanted<Waiting>[];
  fromFetch: readonly Wanted<Waiting>[];
  expiresAt: number;
  /** All that it holds, or held until time ended it. */
  grips: readonly Grip<HeldKey<Waiting>>[] = NONE;
  /** Keys of which it spent a token when it was handed out last. */
  spent: readonly HeldKey<Waiting>[] = NONE;
  /** The line that it waits in for a turn. */
  line: ParkedLine<HeldKey<Waiting>, Waiting> | undefined = undefined;
  /** The key that it waits for since it was accepted, and what comes after that. */
  waiting: { readonly key: HeldKey<Waiting>; readonly next: Prereqs } | undefined = undefined;
  /** How it was handed out last. */
  refusedBy: string | undefined = undefined;
  expired: boolean | undefined = undefined;

  constructor(
    jid: string,
    options: {
      readonly since: number;
      readonly wanted: readonly Wanted<Waiting>[];
      readonly expiresAt: number | undefined;
    },
  ) {
    this.jid = jid;
    this.since = options.since;
    this.fromEnqueue = some(options.wanted, "enqueue");
    this.fromFetch = some(options.wanted, "fetch");
    this.expiresAt = options.expiresAt ?? Infinity;
  }

  /** Of a job that asks for nothing by itself. */
  static ofNone<Waiting extends Position>(jid: string, since: number): JobHolds<Waiting> {
    return new JobHolds(jid, { since, wanted: [], expiresAt: undefined });
  }

  /** The name of the key that it waits for in line. */
  get waitsFor(): string | undefined {
    return (this.line?.key ?? this.waiting?.key)?.name;
  }

  holdsKey(key: HeldKey<Waiting>): boolean {
    return key.holders.has(this.jid);
  }
}

function some<Waiting extends Position>(
  wanted: readonly Wanted<Waiting>[],
  from: Hold["from"],
): readonly Wanted<Waiting>[] {
  const those = wanted.filter(({ hold }) => hold.from === from);
  return those.length === 0 ? NONE : those.length === wanted.length ? wanted : those;
}
