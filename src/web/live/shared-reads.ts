/** One read of the store, and until when others are given what it found. */
interface Read {
  readonly value: Promise<unknown>;
  /** Milliseconds, monotonic. */
  readonly until: number;
}

const MOST = 200;

/** Reads that several viewers ask for at once, or in the same second: the store is asked once. */
export class SharedReads {
  readonly #reads = new Map<string, Read>();

  /**
   * @param key What is read, and of which store.
   * @param seconds How old an answer may be.
   */
  read<Value>(key: string, seconds: number, read: () => Promise<Value>): Promise<Value> {
    const now = performance.now();
    const known = this.#reads.get(key);
    if (known !== undefined && known.until > now) {
      return known.value as Promise<Value>;
    }
    const value = read();
    if (this.#reads.size >= MOST) {
      this.#reads.clear();
    }
    this.#reads.set(key, { value, until: now + seconds * 1000 });
    // A failure is told to those who wait for it, and to nobody after them.
    value.catch(() => this.#reads.delete(key));
    return value;
  }

  /** What was changed is to be seen at once by whoever changed it. */
  forget(): void {
    this.#reads.clear();
  }
}
