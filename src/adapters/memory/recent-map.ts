interface Kept<Value> {
  readonly value: Value;
  readonly until: number;
}

/**
 * What is remembered for a while, each for as long: the oldest goes first where there are too many.
 */
export class RecentMap<Value> {
  readonly #kept = new Map<string, Kept<Value>>();
  readonly #now: () => number;
  readonly #seconds: number;
  readonly #most: number;

  /** @param options `now` tells epoch seconds; `most`: how many at most. */
  constructor(options: {
    readonly now: () => number;
    readonly seconds: number;
    readonly most: number;
  }) {
    this.#now = options.now;
    this.#seconds = options.seconds;
    this.#most = options.most;
  }

  get size(): number {
    return this.#kept.size;
  }

  set(key: string, value: Value): void {
    const now = this.#now();
    this.#kept.delete(key);
    this.#kept.set(key, { value, until: now + this.#seconds });
    for (const [oldest, { until }] of this.#kept) {
      if (until > now && this.#kept.size <= this.#most) {
        break;
      }
      this.#kept.delete(oldest);
    }
  }

  get(key: string): Value | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && kept.until > this.#now() ? kept.value : undefined;
  }

  delete(key: string): void {
    this.#kept.delete(key);
  }

  clear(): void {
    this.#kept.clear();
  }
}
