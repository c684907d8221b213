import type { Position } from "./chunk.ts";
import type { HeldKey } from "./holds/held-key.ts";
import type { LinesOfQueue, ParkedLine } from "./holds/parked-line.ts";
import type { Job } from "./job.ts";
import { FairLine } from "./fair-line.ts";
import { SortedList } from "./sorted-list.ts";

export type JobList = SortedList<Job>;
type Line = ParkedLine<HeldKey<Job>, Job>;

/** Jobs in the order in which they are shown. */
export interface Listed {
  readonly size: number;
  readonly first: Job | undefined;
  after(position: Position | undefined, limit: number): Job[];
  before(position: Position | undefined, limit: number): Job[];
}

/**
 * Beside a queue's list: its jobs that wait for a turn, and the lines of those that may have one.
 */
export class Parking implements LinesOfQueue<Line> {
  readonly name: string;
  readonly jobs: JobList = new SortedList();
  readonly ready: SortedList<Line> = new SortedList();

  constructor(name: string) {
    this.name = name;
  }
}

/** A queue. */
export class JobQueue {
  readonly name: string;
  /** Those that are fetched in this order. */
  readonly list: JobList = new SortedList();
  /** Those whose keys take turns: there as long as there may be any. */
  fair: FairLine | undefined = undefined;
  /** Made for the first that has to wait for a turn. */
  parking: Parking | undefined = undefined;

  constructor(name: string) {
    this.name = name;
  }

  park(): Parking {
    return (this.parking ??= new Parking(this.name));
  }

  get size(): number {
    return this.list.size + (this.fair?.jobs.size ?? 0) + (this.parking?.jobs.size ?? 0);
  }

  /** Whether a fetch may find a job. */
  get isFetchable(): boolean {
    return (
      this.list.size > 0 ||
      (this.fair !== undefined && this.fair.jobs.size > 0) ||
      (this.parking !== undefined && this.parking.ready.size > 0)
    );
  }

  /** All of its jobs, or only those that are parked, or only the others. */
  jobs(parked: boolean | undefined): Listed | undefined {
    const lists = this.#lists(parked);
    return lists.length < 2 ? lists[0] : new Together(lists);
  }

  has(job: Job, parked: boolean | undefined): boolean {
    return job.list !== undefined && this.#lists(parked).includes(job.list);
  }

  /** To be called where a job has left that has a key. */
  keyedLeft(): void {
    if (this.fair?.jobs.size === 0 && (this.parking?.jobs.size ?? 0) === 0) {
      this.fair = undefined;
    }
  }

  #lists(parked: boolean | undefined): JobList[] {
    const others = parked === true ? [] : [this.list, this.fair?.jobs];
    const waiting = parked === false ? undefined : this.parking?.jobs;
    return [...others, waiting].filter((list) => list !== undefined);
  }
}

/** Several lists as one. */
class Together implements Listed {
  readonly #lists: readonly JobList[];

  constructor(lists: readonly JobList[]) {
    this.#lists = lists;
  }

  get size(): number {
    return this.#lists.reduce((sum, { size }) => sum + size, 0);
  }

  get first(): Job | undefined {
    return this.after(undefined, 1)[0];
  }

  after(position: Position | undefined, limit: number): Job[] {
    return this.#lists
      .flatMap((list) => list.after(position, limit))
      .sort(inOrder)
      .slice(0, limit);
  }

  before(position: Position | undefined, limit: number): Job[] {
    return this.#lists
      .flatMap((list) => list.before(position, limit))
      .sort((one, other) => inOrder(other, one))
      .slice(0, limit);
  }
}

function inOrder(one: Position, other: Position): number {
  return one.rank - other.rank || one.order - other.order || (one.age ?? 0) - (other.age ?? 0);
}
