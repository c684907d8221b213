interface Kept<Value> {
  readonly value: Value;
  readonly until: number;
}

/** Below so many entries nobody looks for those that are over. */
const FEW = 1_000;

/**
 * Values that are forgotten after a time. At most twice as many are held as have not expired, and a
 * few.
 */
export class ExpiringMap<Value> {
  readonly #kept = new Map<string, Kept<Value>>();
  readonly #now: () => number;
  #sweepAt = FEW;

  /** @param now Epoch seconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many are held, those that have expired and were not swept included. */
  get size(): number {
    return this.#kept.size;
  }

  /** @param seconds For how long from now. */
  set(key: string, value: Value, seconds: number): void {
    if (this.#kept.size >= this.#sweepAt) {
      this.#sweep();
    }
    this.#kept.set(key, { value, until: this.#now() + seconds });
  }

  get(key: string): Value | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && kept.until > this.#now() ? kept.value : undefined;
  }

  clear(): void {
    this.#kept.clear();
  }

  #sweep(): void {
    const now = this.#now();
    for (const [key, { until }] of this.#kept) {
      if (until <= now) {
        this.#kept.delete(key);
      }
    }
    this.#sweepAt = Math.max(FEW, 2 * this.#kept.size);
  }
}
