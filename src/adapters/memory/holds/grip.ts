import type { Hold } from "../../hold.ts";
import type { Position } from "../chunk.ts";

/** That somebody holds a key. */
export class Grip<Key> implements Position {
  readonly key: Key;
  /** A job's jid, or whoever took it. */
  readonly holder: string;
  readonly since: number;
  /** What ends it, of a job. */
  readonly ends: Hold["until"];
  /** When it ends by time; `Infinity`: never. */
  readonly rank: number;
  readonly order: number;
  /** Its job is dead, or was when it was deleted. */
  isDead = false;

  constructor(
    key: Key,
    options: {
      readonly holder: string;
      readonly since: number;
      readonly ends: Hold["until"];
      readonly seconds: number;
      readonly order: number;
    },
  ) {
    this.key = key;
    this.holder = options.holder;
    this.since = options.since;
    this.ends = options.ends;
    this.rank = options.since + options.seconds;
    this.order = options.order;
  }
}
