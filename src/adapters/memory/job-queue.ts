import type { Position } from "./chunk.ts";
import type { HeldKey } from "./holds/held-key.ts";
import type { LinesOfQueue, ParkedLine } from "./holds/parked-line.ts";
import type { Job } from "./job.ts";
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
export class JobQueue implements Listed {
  readonly name: string;
  /** Those that are fetched in this order. */
  readonly list: JobList = new SortedList();
  /** Made for the first that has to wait for a turn. */
  parking: Parking | undefined = undefined;

  constructor(name: string) {
    this.name = name;
  }

  park(): Parking {
    return (this.parking ??= new Parking(this.name));
  }

  get size(): number {
    return this.list.size + (this.parking?.jobs.size ?? 0);
  }

  get first(): Job | undefined {
    return this.list.first ?? this.parking?.jobs.first;
  }

  /** Whether a fetch may find a job. */
  get isFetchable(): boolean {
    return this.list.size > 0 || (this.parking !== undefined && this.parking.ready.size > 0);
  }

  /** All of its jobs, or only those that are parked, or only the others. */
  jobs(parked: boolean | undefined): Listed | undefined {
    return parked === undefined ? this : parked ? this.parking?.jobs : this.list;
  }

  has(job: Job, parked: boolean | undefined): boolean {
    const { list } = job;
    const isListed = parked !== true && list === this.list;
    return list !== undefined && (isListed || (parked !== false && list === this.parking?.jobs));
  }

  after(position: Position | undefined, limit: number): Job[] {
    const jobs = this.list.after(position, limit);
    const parked = this.parking?.jobs.after(position, limit) ?? [];
    return parked.length === 0 ? jobs : [...jobs, ...parked].sort(inOrder).slice(0, limit);
  }

  before(position: Position | undefined, limit: number): Job[] {
    const jobs = this.list.before(position, limit);
    const parked = this.parking?.jobs.before(position, limit) ?? [];
    return parked.length === 0
      ? jobs
      : [...jobs, ...parked].sort((one, other) => inOrder(other, one)).slice(0, limit);
  }
}

function inOrder(one: Position, other: Position): number {
  return one.rank - other.rank || one.order - other.order;
}
