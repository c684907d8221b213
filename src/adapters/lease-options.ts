import type { FetchedJob } from "./fetching.ts";
import type { WorkerInfo, WorkerState } from "./job-store.ts";

/** What an adapter is told of a worker, and whom it tells of what happens. */
export interface LeaseOptions {
  /** Unique for each lease ever opened, as Sidekiq's `HOSTNAME:PID:NONCE`. */
  readonly identity: string;
  /** Seconds without a `renew` after which others may take the lease's jobs. `Infinity`: never. */
  readonly ttl: number;
  /** What operators see of the worker: its queues, concurrency, tag. */
  readonly info: WorkerInfo;
  /** Asked whenever somebody wants to know. */
  readonly state: () => Pick<WorkerState, "quiet" | "busy" | "fetchedAhead" | "overdue">;
  /** Which of the lease's jobs run, and were not only fetched ahead. @default all */
  readonly running?: () => readonly FetchedJob[];
  /**
   * Something may be there to fetch, or to release. Called often and without order: keep it cheap.
   * It may stay silent until this lease has asked for jobs again, so a worker that cannot ask now
   * remembers it. What waits when the lease is opened is not announced.
   */
  readonly onWork: () => void;
  /**
   * Takes one job that the store, which had fewer than were asked for, hands over before the next
   * exchange. It need not.
   */
  readonly onHandedOver?: (job: FetchedJob) => void;
  /** The earliest due time may have become earlier; `at` is the new one. */
  readonly onDue: (at: number) => void;
  /**
   * All jobs that are cancelled and have not ended, each time that one is added: those that it
   * holds are to end.
   */
  readonly onCancel?: (jids: ReadonlySet<string>) => void;
  /** An operator asks it to fetch no more (TSTP), to stop (TERM), or to log what runs (TTIN). */
  readonly onSignal?: (name: "TSTP" | "TERM" | "TTIN") => void;
}
