type Listener = (message?: string) => void;

/** Who wants to hear of something, by its name. */
export class Listeners {
  readonly #byName = new Map<string, Set<Listener>>();

  /** What somebody wants to hear of. */
  get names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  /** @returns whether it is the first of that name. */
  add(name: string, listener: Listener): boolean {
    const known = this.#byName.get(name);
    if (known === undefined) {
      this.#byName.set(name, new Set([listener]));
      return true;
    }
    known.add(listener);
    return false;
  }

  /** @returns whether it was the last of that name. */
  remove(name: string, listener: Listener): boolean {
    const known = this.#byName.get(name);
    if (known?.delete(listener) !== true || known.size > 0) {
      return false;
    }
    this.#byName.delete(name);
    return true;
  }

  /**
   * Calls all of that name.
   *
   * @param message What there is to hear; `undefined` where somebody may have missed something.
   */
  tell(name: string, message?: string): void {
    for (const listener of this.#byName.get(name) ?? []) {
      listener(message);
    }
  }
}
