import { Chunk, isBefore, type Position } from "./chunk.ts";

const LENGTH = 256;

/**
 * Items in the order of their positions, which do not change while they are in the list: the jobs
 * of a queue, or of a set.
 *
 * They are in chunks. Both ends, where nearly all happens, cost the same at any length; the middle
 * costs a search through the chunks' ends and one shift within a chunk.
 */
export class SortedList<Item extends Position> {
  readonly #chunks: Chunk<Item>[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): Item | undefined {
    return this.#chunks[0]?.first;
  }

  add(item: Item): void {
    this.#size += 1;
    const chunk = this.#chunks[this.#chunks.length - 1];
    if (chunk === undefined || chunk.last === undefined) {
      this.#chunks.push(new Chunk([item]));
    } else if (isBefore(item, chunk.last)) {
      this.#insert(item);
    } else if (chunk.size < LENGTH) {
      chunk.push(item);
    } else {
      this.#chunks.push(new Chunk([item]));
    }
  }

  remove(item: Item): void {
    // Most leave from the front: no other item is looked at for them.
    if (this.first === item) {
      this.shift();
      return;
    }
    const at = this.#chunkOf(item);
    this.#chunks[at]?.remove(item);
    this.#removed(at);
  }

  /** Takes the first. */
  shift(): Item | undefined {
    const item = this.#chunks[0]?.shift();
    if (item !== undefined) {
      this.#removed(0);
    }
    return item;
  }

  /** At most `limit` items behind a position, from the front. */
  after(position: Position | undefined, limit: number): Item[] {
    const items: Item[] = [];
    let at = position === undefined ? 0 : this.#chunkOf(position);
    let chunk = this.#chunks[at]?.after(position) ?? [];
    while (items.length < limit && at < this.#chunks.length) {
      items.push(...chunk.slice(0, limit - items.length));
      at += 1;
      chunk = this.#chunks[at]?.after(undefined) ?? [];
    }
    return items;
  }

  /** At most `limit` items in front of a position, from the back. */
  before(position: Position | undefined, limit: number): Item[] {
    const items: Item[] = [];
    let at = position === undefined ? this.#chunks.length - 1 : this.#chunkOf(position);
    let chunk = this.#chunks[at]?.before(position) ?? [];
    while (items.length < limit && at >= 0) {
      items.push(...chunk.reverse().slice(0, limit - items.length));
      at -= 1;
      chunk = this.#chunks[at]?.before(undefined) ?? [];
    }
    return items;
  }

  #insert(item: Item): void {
    const at = this.#chunkOf(item);
    const chunk = this.#chunks[at];
    chunk?.insert(item);
    if (chunk !== undefined && chunk.size > 2 * LENGTH) {
      this.#chunks.splice(at + 1, 0, chunk.splitOff(LENGTH));
    }
  }

  #removed(at: number): void {
    this.#size -= 1;
    if (this.#chunks[at]?.size === 0) {
      this.#chunks.splice(at, 1);
    }
  }

  /** The first chunk that ends at the position or behind it; else the last. */
  #chunkOf(position: Position): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = this.#chunks[middle]?.last;
      if (last !== undefined && isBefore(last, position)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
