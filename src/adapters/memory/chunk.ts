/**
 * A place in a list: after those with a lower rank, and after those of its rank with a lower order.
 */
export interface Position {
  readonly rank: number;
  readonly order: number;
  /** Of those whose orders may be the same: the lower goes first. */
  readonly age?: number | undefined;
}

export function isBefore(one: Position, other: Position): boolean {
  if (one.rank !== other.rank) {
    return one.rank < other.rank;
  }
  return one.order === other.order ? (one.age ?? 0) < (other.age ?? 0) : one.order < other.order;
}

/**
 * A few items in the order of their positions. What is taken from the front leaves a hole there.
 */
export class Chunk<Item extends Position> {
  #items: (Item | undefined)[];
  #start = 0;

  constructor(items: (Item | undefined)[]) {
    this.#items = items;
  }

  get size(): number {
    return this.#items.length - this.#start;
  }

  get first(): Item | undefined {
    return this.#items[this.#start];
  }

  get last(): Item | undefined {
    return this.#items[this.#items.length - 1];
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  shift(): Item | undefined {
    const item = this.#items[this.#start];
    if (item !== undefined) {
      this.#items[this.#start] = undefined;
      this.#start += 1;
    }
    return item;
  }

  insert(item: Item): void {
    const index = this.#indexOf(item);
    if (index === this.#start && index > 0) {
      this.#start -= 1;
      this.#items[this.#start] = item;
    } else {
      this.#items.splice(index, 0, item);
    }
  }

  remove(item: Item): void {
    const index = this.#indexOf(item);
    if (index === this.#start) {
      this.shift();
    } else {
      this.#items.splice(index, 1);
    }
  }

  /** Keeps so many and gives the rest to another chunk. */
  splitOff(kept: number): Chunk<Item> {
    return new Chunk(this.#items.splice(this.#start + kept));
  }

  /** The items behind the position, in order. */
  after(position: Position | undefined): Item[] {
    return this.#between(position === undefined ? this.#start : this.#indexBehind(position));
  }

  /** The items in front of the position, in order. */
  before(position: Position | undefined): Item[] {
    return this.#between(this.#start, position && this.#indexOf(position));
  }

  #between(start: number, end?: number): Item[] {
    return this.#items.slice(start, end) as Item[];
  }

  /** The index of the first item at the position or behind it. */
  #indexOf(position: Position): number {
    let low = this.#start;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = this.#items[middle];
      if (item !== undefined && isBefore(item, position)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  #indexBehind(position: Position): number {
    const index = this.#indexOf(position);
    const item = this.#items[index];
    return item !== undefined && !isBefore(position, item) ? index + 1 : index;
  }
}
