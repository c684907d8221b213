/** What a lease wants to hear. */
export interface Listener {
  readonly onWork: () => void;
  readonly onDue: (at: number) => void;
}

/**
 * Tells leases that there may be work, or that something is due earlier than they know.
 *
 * What happens in one turn of the event loop is told once, after it. A lease that was told of work
 * is told again only after it has asked for jobs: until then it knows.
 */
export class Announcer {
  readonly #listeners = new Set<Listener>();
  readonly #asking = new Set<Listener>();
  #earliest = Infinity;
  #workToTell = false;
  #dueToTell: number | undefined;
  #scheduled = false;

  add(listener: Listener): void {
    this.#listeners.add(listener);
    this.#asking.add(listener);
  }

  remove(listener: Listener): void {
    this.#listeners.delete(listener);
    this.#asking.delete(listener);
  }

  /** The listener's lease has looked at everything that is there now. */
  asked(listener: Listener): void {
    this.#asking.add(listener);
  }

  work(): void {
    if (this.#asking.size > 0 && !this.#workToTell) {
      this.#workToTell = true;
      this.#schedule();
    }
  }

  /** A job waits for this time now. */
  due(at: number): void {
    if (at < this.#earliest) {
      this.#earliest = at;
      this.#dueToTell = at;
      this.#schedule();
    }
  }

  /** Everything before this time was promoted. */
  promoted(nextAt: number | undefined): void {
    this.#earliest = nextAt ?? Infinity;
  }

  #schedule(): void {
    if (!this.#scheduled) {
      this.#scheduled = true;
      queueMicrotask(() => this.#tell());
    }
  }

  #tell(): void {
    this.#scheduled = false;
    const due = this.#dueToTell;
    const asking = this.#workToTell ? [...this.#asking] : [];
    this.#dueToTell = undefined;
    this.#workToTell = false;
    for (const listener of asking) {
      this.#asking.delete(listener);
      listener.onWork();
    }
    for (const listener of due === undefined ? [] : this.#listeners) {
      listener.onDue(due as number);
    }
  }
}
