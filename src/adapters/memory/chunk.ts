import type { Job } from "./job.ts";

/** A place in a list: after those with a lower rank, and after those of its rank with a lower order. */
export interface Position {
  readonly rank: number;
  readonly order: number;
}

export function isBefore(one: Position, other: Position): boolean {
  return one.rank < other.rank || (one.rank === other.rank && one.order < other.order);
}

/** A few jobs in the order of their positions. What is taken from the front leaves a hole there. */
export class Chunk {
  #jobs: (Job | undefined)[];
  #start = 0;

  constructor(jobs: (Job | undefined)[]) {
    this.#jobs = jobs;
  }

  get size(): number {
    return this.#jobs.length - this.#start;
  }

  get first(): Job | undefined {
    return this.#jobs[this.#start];
  }

  get last(): Job | undefined {
    return this.#jobs[this.#jobs.length - 1];
  }

  push(job: Job): void {
    this.#jobs.push(job);
  }

  shift(): Job | undefined {
    const job = this.#jobs[this.#start];
    if (job !== undefined) {
      this.#jobs[this.#start] = undefined;
      this.#start += 1;
    }
    return job;
  }

  insert(job: Job): void {
    const index = this.#indexOf(job);
    if (index === this.#start && index > 0) {
      this.#start -= 1;
      this.#jobs[this.#start] = job;
    } else {
      this.#jobs.splice(index, 0, job);
    }
  }

  remove(job: Job): void {
    this.#jobs.splice(this.#indexOf(job), 1);
  }

  /** Keeps so many and gives the rest to another chunk. */
  splitOff(kept: number): Chunk {
    return new Chunk(this.#jobs.splice(this.#start + kept));
  }

  /** Those behind the position, in order. */
  after(position: Position | undefined): Job[] {
    return this.#between(position === undefined ? this.#start : this.#indexBehind(position));
  }

  /** Those in front of the position, in order. */
  before(position: Position | undefined): Job[] {
    return this.#between(this.#start, position && this.#indexOf(position));
  }

  #between(start: number, end?: number): Job[] {
    return this.#jobs.slice(start, end) as Job[];
  }

  /** The index of the first job at the position or behind it. */
  #indexOf(position: Position): number {
    let low = this.#start;
    let high = this.#jobs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const job = this.#jobs[middle];
      if (job !== undefined && isBefore(job, position)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  #indexBehind(position: Position): number {
    const index = this.#indexOf(position);
    const job = this.#jobs[index];
    return job !== undefined && !isBefore(position, job) ? index + 1 : index;
  }
}
