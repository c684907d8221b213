import type { Position } from "../chunk.ts";
import { SortedList } from "../sorted-list.ts";

/** Where a queue has its lines that may be served. */
export interface LinesOfQueue<Line extends Position> {
  readonly name: string;
  readonly ready: SortedList<Line>;
}

/**
 * Jobs of one queue that wait for one key, as they stood in the queue. While the key may be free
 * the line is ready: it stands among those of its queue where its first job would.
 */
export class ParkedLine<Key, Waiting extends Position> implements Position {
  readonly key: Key;
  readonly queue: LinesOfQueue<ParkedLine<Key, Waiting>>;
  rank: number = NaN;
  order = 0;
  readonly #jobs = new SortedList<Waiting>();
  #isReady = false;

  constructor(key: Key, queue: LinesOfQueue<ParkedLine<Key, Waiting>>) {
    this.key = key;
    this.queue = queue;
  }

  get size(): number {
    return this.#jobs.size;
  }

  get first(): Waiting | undefined {
    return this.#jobs.first;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  add(job: Waiting): void {
    this.#jobs.add(job);
    this.#place(this.#isReady);
  }

  remove(job: Waiting): void {
    this.#jobs.remove(job);
    this.#place(this.#isReady);
  }

  setReady(isReady: boolean): void {
    if (isReady !== this.#isReady) {
      this.#place(isReady);
    }
  }

  #place(isReady: boolean): void {
    const { first } = this.#jobs;
    const { ready } = this.queue;
    if (this.#isReady && isReady && first?.rank === this.rank && first.order === this.order) {
      return;
    }
    if (this.#isReady) {
      ready.remove(this);
    }
    this.#isReady = isReady && first !== undefined;
    if (isReady && first !== undefined) {
      this.rank = first.rank;
      this.order = first.order;
      ready.add(this);
    }
  }
}
