import type { JobStatus, Place, WaitingSet } from "../job-store.ts";
import type { Position } from "./chunk.ts";
import { FairLine } from "./fair-line.ts";
import type { Job } from "./job.ts";
import { JobQueue, type JobList, type Listed } from "./job-queue.ts";
import { SortedList } from "./sorted-list.ts";

const SETS: readonly (readonly [WaitingSet, JobStatus])[] = [
  ["scheduled", "scheduled"],
  ["retry", "retrying"],
  ["dead", "dead"],
  ["blocked", "blocked"],
];

/** Where jobs wait: queues and sets. A job has its place in one of them, or it runs. */
export class Places {
  readonly queues: Map<string, JobQueue> = new Map();
  readonly sets: Readonly<Record<WaitingSet, JobList>> = {
    scheduled: new SortedList(),
    retry: new SortedList(),
    dead: new SortedList(),
    blocked: new SortedList(),
  };
  #lastOrder = 0;
  #firstOrder = 0;

  list(place: Place): Listed | undefined {
    if ("queue" in place) {
      return this.queues.get(place.queue)?.jobs(place.parked);
    }
    return place.set === "finished" ? undefined : this.sets[place.set];
  }

  isIn(job: Job, place: Place): boolean {
    return "queue" in place
      ? this.queues.get(place.queue)?.has(job, place.parked) === true
      : job.list !== undefined && place.set !== "finished" && job.list === this.sets[place.set];
  }

  /** Whether it may become another's: it neither runs, nor is it dead, nor to be ended. */
  isWaiting(job: Job): boolean {
    return (
      job.list !== undefined &&
      job.list !== this.sets.dead &&
      job.prereqWait?.failedPrereq === undefined
    );
  }

  protected statusAt(job: Job): JobStatus {
    if (job.list === undefined) {
      return "running";
    }
    if (job.holds?.line !== undefined) {
      return "blocked";
    }
    const set = SETS.find(([name]) => job.list === this.sets[name]);
    return set === undefined ? "enqueued" : set[1];
  }

  /** The scheduled or retried job that is due first. */
  get nextDue(): Job | undefined {
    const { scheduled, retry } = this.sets;
    const [one, other] = [scheduled.first, retry.first];
    return one === undefined || (other !== undefined && other.rank < one.rank) ? other : one;
  }

  queue(name: string): JobQueue {
    let queue = this.queues.get(name);
    if (queue === undefined) {
      queue = new JobQueue(name);
      this.queues.set(name, queue);
    }
    return queue;
  }

  /** Behind all others of its rank. */
  protected addLast(job: Job, list: JobList, rank: number): void {
    this.#lastOrder += 1;
    add(job, list, { rank, order: this.#lastOrder });
  }

  /** To the end of its queue, or, where it has a key, to where that one's turn is. */
  protected addToQueue(job: Job): void {
    const { fair, priority } = job;
    const queue = this.queue(job.queue);
    if (fair === undefined) {
      this.addLast(job, queue.list, priority);
      return;
    }
    this.#lastOrder += 1;
    const { key } = fair;
    const line = (queue.fair ??= new FairLine());
    const place = line.place(priority, { key, size: queue.size, age: this.#lastOrder });
    job.fair = { key, age: place.age ?? 0 };
    add(job, line.jobs, place);
  }

  /** To the head of its queue. */
  protected addFirst(job: Job): void {
    this.#firstOrder -= 1;
    add(job, this.queue(job.queue).list, { rank: job.priority, order: this.#firstOrder });
  }
}

function add(job: Job, list: JobList, { rank, order }: Position): void {
  job.rank = rank;
  job.order = order;
  job.list = list;
  list.add(job);
}
