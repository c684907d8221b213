import { SortedList } from "./sorted-list.ts";

/** What has a name, and the place it got when it came. */
export interface Named {
  readonly name: string;
  readonly rank: 0;
  readonly order: number;
}

/**
 * Things by name, to be read page by page while they come and go: in the order in which they came.
 */
export class NamedItems<Item extends Named> {
  readonly #byName = new Map<string, Item>();
  readonly #list = new SortedList<Item>();
  #lastOrder = 0;

  get size(): number {
    return this.#list.size;
  }

  all(): Iterable<Item> {
    return this.#byName.values();
  }

  get(name: string): Item | undefined {
    return this.#byName.get(name);
  }

  /** @param make makes it at the place that it gets. There must be none of that name. */
  add(make: (order: number) => Item): Item {
    this.#lastOrder += 1;
    const item = make(this.#lastOrder);
    this.#byName.set(item.name, item);
    this.#list.add(item);
    return item;
  }

  delete(item: Item): void {
    this.#byName.delete(item.name);
    this.#list.remove(item);
  }

  /** At most `limit` whose names begin so, and where the next page starts. */
  page(
    prefix: string,
    cursor: string | undefined,
    limit: number,
  ): { readonly items: readonly Item[]; readonly cursor: string | undefined } {
    const items: Item[] = [];
    let order = Number(cursor ?? 0);
    let read = this.#list.after({ rank: 0, order }, limit);
    for (; read.length > 0; read = this.#list.after({ rank: 0, order }, limit)) {
      for (const item of read) {
        order = item.order;
        if (item.name.startsWith(prefix) && items.push(item) === limit) {
          return { items, cursor: String(order) };
        }
      }
    }
    return { items, cursor: undefined };
  }

  clear(): void {
    for (const item of this.#byName.values()) {
      this.#list.remove(item);
    }
    this.#byName.clear();
  }
}
