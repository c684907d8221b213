import type { Exchange, FetchedJob, FetchRequest } from "../../fetching.ts";
import { hasStar, servedQueues } from "../../served-queues.ts";
import { payloadOf, STATES, type Job, type JobRow } from "../jobs/job.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Context } from "../store/context.ts";
import { Receipt } from "./receipt.ts";
import { Fetch, type Turns } from "./turns.ts";

/** The lease that fetches: its row, and what its receipts know it by. */
export interface Fetcher {
  readonly id: number;
  readonly lease: object;
}

/** Moves jobs from their queues to a lease. */
export class HandingOut {
  readonly #context: Context;
  readonly #jobs: Jobs;
  readonly #turns: Turns;

  constructor(context: Context, jobs: Jobs, turns: Turns) {
    this.#context = context;
    this.#jobs = jobs;
    this.#turns = turns;
  }

  fetch(
    fetcher: Fetcher,
    { queues, limit, turns = limit }: FetchRequest,
  ): Pick<Exchange, "jobs" | "isMore" | "wantsTurn" | "parked" | "unparked"> {
    const fetch = new Fetch(turns);
    const jobs: FetchedJob[] = [];
    const isPlain = this.#jobs.keys.areNone;
    for (const queue of this.#served(queues)) {
      if (isPlain && !this.#jobs.fair.isFair(queue)) {
        this.#takeFirst(fetcher, { queue, limit: limit - jobs.length, jobs });
      } else {
        this.#takeTurns(fetcher, { queue, limit, jobs, fetch });
      }
      if (jobs.length >= limit) {
        break;
      }
    }
    const { isMore, wantsTurn, parked, unparked } = fetch;
    return parked === undefined && unparked === undefined
      ? { jobs, isMore, wantsTurn }
      : { jobs, isMore, wantsTurn, parked: parked ?? [], unparked: unparked ?? [] };
  }

  /** Queues that may have jobs, in the order to look. */
  #served(queues: readonly string[] | undefined): readonly string[] {
    this.#context.flushSizes();
    const open = this.#context.all<{ name: string }>(
      "SELECT name FROM queue WHERE size > 0 AND paused = 0",
    );
    const all = (): string[] => shuffled(open.map(({ name }) => name));
    if (queues === undefined) {
      return all();
    }
    const names = queues.some(hasStar) ? servedQueues(queues, all()) : [...new Set(queues)];
    const isOpen = new Set(open.map(({ name }) => name));
    return names.filter((name) => isOpen.has(name));
  }

  /** Jobs as they stand in their queue: nobody has to do with any key. */
  #takeFirst(
    { id: lease, lease: owner }: Fetcher,
    {
      queue,
      limit,
      jobs,
    }: { readonly queue: string; readonly limit: number; readonly jobs: FetchedJob[] },
  ): void {
    const rows = this.#context.all<Pick<JobRow, "id" | "payload" | "stamp" | "recoveries">>(
      `SELECT id, payload, stamp, recoveries FROM job WHERE queue = ? AND state = ${STATES.ready} ORDER BY rank, ord LIMIT ?`,
      queue,
      limit,
    );
    const take = this.#context.database.statement(
      `UPDATE job SET state = ${STATES.running}, lease = ?, fetched = ?, started = ? WHERE id = ?`,
    );
    for (const row of rows) {
      const { id, recoveries } = row;
      const order = this.#context.next();
      take.run(lease, order, this.#context.now, id);
      jobs.push(
        new Receipt({ queue, payload: payloadOf(row), recoveries }, { id, lease: owner, order }),
      );
    }
    if (rows.length > 0) {
      this.#context.sized(queue, -rows.length);
    }
  }

  #takeTurns(
    { id: lease, lease: owner }: Fetcher,
    {
      queue,
      limit,
      jobs,
      fetch,
    }: {
      readonly queue: string;
      readonly limit: number;
      readonly jobs: FetchedJob[];
      readonly fetch: Fetch;
    },
  ): void {
    while (jobs.length < limit) {
      const job = this.#turns.next(queue, fetch);
      if (job === undefined) {
        return;
      }
      const order = this.#context.next();
      this.#run(job, lease, order);
      jobs.push(receiptOf(job, { id: job.id, lease: owner, order }));
    }
  }

  #run(job: Job, lease: number, order: number): void {
    job.state = STATES.running;
    job.lease = lease;
    job.fetched = order;
    job.startedAt = this.#context.now;
    this.#jobs.table.save(job);
  }
}

function receiptOf(job: Job, from: ConstructorParameters<typeof Receipt>[1]): Receipt {
  const { refusedBy, expired } = job.holds ?? {};
  const receipt = new Receipt(job, from);
  return Object.assign(receipt, refusedBy && { refusedBy }, expired && { expired });
}

function shuffled(names: string[]): string[] {
  for (let left = names.length; left > 1; left -= 1) {
    const other = Math.floor(Math.random() * left);
    const [one, two] = [names[left - 1] as string, names[other] as string];
    names[left - 1] = two;
    names[other] = one;
  }
  return names;
}
