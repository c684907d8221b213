/** What stands for all names beyond the limit. */
const OTHER = "other";

/**
 * Keeps names that become labels few: whoever can enqueue can make up names, and a monitoring
 * system pays for each. The first so many are kept, the others become one.
 */
export class BoundedNames {
  readonly #limit: number;
  readonly #names = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  label(name: string): string {
    if (this.#names.has(name)) {
      return name;
    }
    if (this.#names.size >= this.#limit) {
      return OTHER;
    }
    this.#names.add(name);
    return name;
  }
}
