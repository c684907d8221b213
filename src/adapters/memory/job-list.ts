import type { JobStatus } from "../adapter.ts";
import type { Job } from "./job.ts";

const CHUNK = 256;

/** A place in a list: after the jobs with a lower rank, and after those of its rank with a lower order. */
export interface Position {
  readonly rank: number;
  readonly order: number;
}

/**
 * Jobs in the order of their positions: a queue's, or a set's.
 *
 * The jobs are in chunks of an array each. Both ends, where nearly all happens, cost the same at any length;
 * the middle costs a search through the chunks' ends and one shift within a chunk.
 */
export class JobList {
  readonly status: JobStatus;
  readonly #chunks: Job[][] = [];
  #size = 0;

  /** @param status what jobs are while they are in this list. */
  constructor(status: JobStatus) {
    this.status = status;
  }

  get size(): number {
    return this.#size;
  }

  get first(): Job | undefined {
    return this.#chunks[0]?.[0];
  }

  add(job: Job, { rank, order }: Position): void {
    job.rank = rank;
    job.order = order;
    job.list = this;
    this.#size += 1;
    const chunk = this.#chunks.at(-1);
    const last = chunk?.at(-1);
    if (chunk === undefined || last === undefined) {
      this.#chunks.push([job]);
    } else if (isBefore(job, last)) {
      this.#insert(job);
    } else if (chunk.length < CHUNK) {
      chunk.push(job);
    } else {
      this.#chunks.push([job]);
    }
  }

  remove(job: Job): void {
    const at = this.#chunkOf(job);
    const chunk = this.#chunks[at] ?? [];
    chunk.splice(indexIn(chunk, job), 1);
    this.#removed(job, at, chunk);
  }

  /** Takes the first job. */
  shift(): Job | undefined {
    const chunk = this.#chunks[0];
    const job = chunk?.shift();
    if (chunk !== undefined && job !== undefined) {
      this.#removed(job, 0, chunk);
    }
    return job;
  }

  /** At most `limit` jobs behind a position, from the front. */
  after(position: Position | undefined, limit: number): Job[] {
    const jobs: Job[] = [];
    let at = position === undefined ? 0 : this.#chunkOf(position);
    let index = position === undefined ? 0 : indexBehind(this.#chunks[at] ?? [], position);
    for (; jobs.length < limit && at < this.#chunks.length; at += 1, index = 0) {
      jobs.push(...(this.#chunks[at] ?? []).slice(index, index + limit - jobs.length));
    }
    return jobs;
  }

  /** At most `limit` jobs in front of a position, from the back. */
  before(position: Position | undefined, limit: number): Job[] {
    const jobs: Job[] = [];
    let at = position === undefined ? this.#chunks.length - 1 : this.#chunkOf(position);
    let end = position === undefined ? Infinity : indexIn(this.#chunks[at] ?? [], position);
    for (; jobs.length < limit && at >= 0; at -= 1, end = Infinity) {
      const chunk = (this.#chunks[at] ?? []).slice(0, end);
      jobs.push(...chunk.reverse().slice(0, limit - jobs.length));
    }
    return jobs;
  }

  #insert(job: Job): void {
    const at = this.#chunkOf(job);
    const chunk = this.#chunks[at] ?? [];
    chunk.splice(indexIn(chunk, job), 0, job);
    if (chunk.length > 2 * CHUNK) {
      this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK));
    }
  }

  #removed(job: Job, at: number, chunk: Job[]): void {
    job.list = undefined;
    this.#size -= 1;
    if (chunk.length === 0) {
      this.#chunks.splice(at, 1);
    }
  }

  /** The first chunk that ends at the position or behind it; else the last. */
  #chunkOf(position: Position): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = this.#chunks[middle]?.at(-1);
      if (last !== undefined && isBefore(last, position)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

/** The index of the first job at the position or behind it. */
function indexIn(chunk: readonly Job[], position: Position): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const job = chunk[middle];
    if (job !== undefined && isBefore(job, position)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function indexBehind(chunk: readonly Job[], position: Position): number {
  const index = indexIn(chunk, position);
  const job = chunk[index];
  return job !== undefined && !isBefore(position, job) ? index + 1 : index;
}

function isBefore(one: Position, other: Position): boolean {
  return one.rank < other.rank || (one.rank === other.rank && one.order < other.order);
}
