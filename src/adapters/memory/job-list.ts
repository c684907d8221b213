import type { JobStatus } from "../adapter.ts";
import { Chunk, isBefore, type Position } from "./chunk.ts";
import type { Job } from "./job.ts";

const LENGTH = 256;

/**
 * Jobs in the order of their positions: a queue's, or a set's.
 *
 * The jobs are in chunks. Both ends, where nearly all happens, cost the same at any length; the middle
 * costs a search through the chunks' ends and one shift within a chunk.
 */
export class JobList {
  readonly status: JobStatus;
  readonly #chunks: Chunk[] = [];
  #size = 0;

  /** @param status what jobs are while they are in this list. */
  constructor(status: JobStatus) {
    this.status = status;
  }

  get size(): number {
    return this.#size;
  }

  get first(): Job | undefined {
    return this.#chunks[0]?.first;
  }

  /** @param job with the position that it gets. */
  add(job: Job): void {
    job.list = this;
    this.#size += 1;
    const chunk = this.#chunks[this.#chunks.length - 1];
    if (chunk === undefined || chunk.last === undefined) {
      this.#chunks.push(new Chunk([job]));
    } else if (isBefore(job, chunk.last)) {
      this.#insert(job);
    } else if (chunk.size < LENGTH) {
      chunk.push(job);
    } else {
      this.#chunks.push(new Chunk([job]));
    }
  }

  remove(job: Job): void {
    const at = this.#chunkOf(job);
    this.#chunks[at]?.remove(job);
    this.#removed(job, at);
  }

  /** Takes the first job. */
  shift(): Job | undefined {
    const job = this.#chunks[0]?.shift();
    if (job !== undefined) {
      this.#removed(job, 0);
    }
    return job;
  }

  /** At most `limit` jobs behind a position, from the front. */
  after(position: Position | undefined, limit: number): Job[] {
    const jobs: Job[] = [];
    let at = position === undefined ? 0 : this.#chunkOf(position);
    let chunk = this.#chunks[at]?.after(position) ?? [];
    while (jobs.length < limit && at < this.#chunks.length) {
      jobs.push(...chunk.slice(0, limit - jobs.length));
      at += 1;
      chunk = this.#chunks[at]?.after(undefined) ?? [];
    }
    return jobs;
  }

  /** At most `limit` jobs in front of a position, from the back. */
  before(position: Position | undefined, limit: number): Job[] {
    const jobs: Job[] = [];
    let at = position === undefined ? this.#chunks.length - 1 : this.#chunkOf(position);
    let chunk = this.#chunks[at]?.before(position) ?? [];
    while (jobs.length < limit && at >= 0) {
      jobs.push(...chunk.reverse().slice(0, limit - jobs.length));
      at -= 1;
      chunk = this.#chunks[at]?.before(undefined) ?? [];
    }
    return jobs;
  }

  #insert(job: Job): void {
    const at = this.#chunkOf(job);
    const chunk = this.#chunks[at];
    chunk?.insert(job);
    if (chunk !== undefined && chunk.size > 2 * LENGTH) {
      this.#chunks.splice(at + 1, 0, chunk.splitOff(LENGTH));
    }
  }

  #removed(job: Job, at: number): void {
    job.list = undefined;
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
