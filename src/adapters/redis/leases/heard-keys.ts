import { hasStar } from "../../served-queues.ts";
import type { Keys } from "../keys.ts";

/** What a key is about that changed: jobs, when something is due, or who was cancelled. */
export type Change = "work" | "times" | "cancelled";

/** With more names than that, Redis tells of all queues, and others are left out here. */
const MOST_NAMES = 32;

/** The keys whose changes concern a worker that serves these queues. */
export class HeardKeys {
  /** What the keys begin with; none begins as another does, which Redis refuses. */
  readonly prefixes: readonly string[];
  readonly #changes: ReadonlyMap<string, Change>;
  readonly #queuesIn: readonly string[];
  readonly #names: ReadonlySet<string>;
  readonly #beginnings: readonly string[];

  /** @param served Names of queues, some of which may end in a star. */
  constructor(keys: Keys, served: readonly string[]) {
    const { schedule, retry, freeAt, paused, freed, cancelled } = keys;
    this.#changes = new Map([
      ...[schedule, retry, freeAt].map((key) => [key, "times"] as const),
      ...[paused, freed, keys.ready("")].map((key) => [key, "work"] as const),
      [cancelled, "cancelled"],
    ]);
    this.#names = new Set(served.filter((name) => !hasStar(name)));
    this.#beginnings = served.filter(hasStar).map((name) => name.slice(0, -1));
    this.#queuesIn = [keys.queue(""), keys.lane(""), keys.ready("")];
    const queues = leastOf([...this.#names, ...this.#beginnings]);
    const told = queues.length <= MOST_NAMES ? queues : [""];
    this.prefixes = [
      ...told.flatMap((name) => [keys.queue(name), keys.lane(name)]),
      // With `ready("")`, which concerns all.
      keys.ready(""),
      schedule,
      retry,
      freeAt,
      paused,
      freed,
      cancelled,
    ];
  }

  /** @returns `undefined` where it is none of this worker's. */
  changeOf(key: string): Change | undefined {
    return this.#changes.get(key) ?? (this.#isServed(key) ? "work" : undefined);
  }

  #isServed(key: string): boolean {
    const prefix = this.#queuesIn.find((each) => key.startsWith(each));
    const queue = prefix === undefined ? undefined : key.slice(prefix.length);
    return (
      queue !== undefined &&
      (this.#names.has(queue) || this.#beginnings.some((name) => queue.startsWith(name)))
    );
  }
}

/** But for those that begin as another one does. */
function leastOf(beginnings: readonly string[]): string[] {
  return beginnings
    .toSorted((one, other) => one.length - other.length)
    .reduce<string[]>(
      (least, name) => (least.some((each) => name.startsWith(each)) ? least : [...least, name]),
      [],
    );
}
