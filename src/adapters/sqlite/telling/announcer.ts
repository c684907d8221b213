/** What a lease wants to hear. */
export interface Hearer {
  readonly onWork: () => void;
  readonly onDue: (at: number) => void;
  readonly onCancel?: ((jids: ReadonlySet<string>) => void) | undefined;
}

/**
 * Tells the leases of this process that there may be work. One that was told of work is told again
 * only after it has asked for jobs: until then it knows.
 */
export class Announcer {
  readonly #hearers = new Set<Hearer>();
  readonly #asking = new Set<Hearer>();

  add(hearer: Hearer): void {
    this.#hearers.add(hearer);
    this.#asking.add(hearer);
  }

  remove(hearer: Hearer): void {
    this.#hearers.delete(hearer);
    this.#asking.delete(hearer);
  }

  get isEmpty(): boolean {
    return this.#hearers.size === 0;
  }

  /** It has looked at everything that is there now. */
  asked(hearer: Hearer): void {
    if (this.#hearers.has(hearer)) {
      this.#asking.add(hearer);
    }
  }

  work(): void {
    for (const hearer of this.#asking) {
      this.#asking.delete(hearer);
      queueMicrotask(() => hearer.onWork());
    }
  }

  due(at: number): void {
    for (const hearer of this.#hearers) {
      queueMicrotask(() => hearer.onDue(at));
    }
  }

  cancelled(jids: readonly string[]): void {
    for (const hearer of this.#hearers) {
      queueMicrotask(() => hearer.onCancel?.(new Set(jids)));
    }
  }
}
