import type { FetchedJob, Lease, Outcome } from "../../src/adapters/adapter.ts";
import type { JobRecord } from "../../src/adapters/job-record.ts";
import type { Place } from "../../src/adapters/job-store.ts";
import { cancelRun } from "../../src/job/inside/cancellation.ts";
import { runJob } from "../../src/job/run/run.ts";
import type { RunEnvironment } from "../../src/job/settings/run-environment.ts";
import { settings } from "../../src/job/settings/settings.ts";
import { onEachEngine, type GuardRig } from "../guards/guard-rig.ts";
import { Log } from "../worker/log.ts";

/** Defines the same tests for jobs in memory and on Redis. */
export function onEach(define: (open: () => Promise<StepsRig>) => void): void {
  onEachEngine((open) => define(async () => new StepsRig(await open())));
}

/** A worker that runs one job after the other, and may be stopped, or killed, within each. */
export class StepsRig {
  readonly log = new Log();
  /** What runs failed with. */
  readonly errors: unknown[] = [];
  readonly store: GuardRig;
  /** In place of the lease's. */
  checkpoint: RunEnvironment["checkpoint"];
  #stopping = new AbortController();
  #signal = new AbortController();
  #job: FetchedJob | undefined;
  #lease: Lease | undefined;

  constructor(store: GuardRig) {
    this.store = store;
    settings().logger = this.log;
  }

  /** The worker fetches no more. With the next run there is another. */
  stop(): void {
    this.#stopping.abort();
  }

  /** The worker ends, and waits no longer. */
  abort(reason: Error): void {
    this.#signal.abort(reason);
  }

  /** The job that runs is cancelled, and its worker told. */
  async cancel(): Promise<void> {
    const job = this.#job as FetchedJob;
    await this.store.adapter.store.cancel((JSON.parse(job.payload) as JobRecord).jid);
    cancelRun(job);
  }

  /** The worker dies, and its job with it: the next run is another's. */
  async kill(): Promise<void> {
    await this.#lease?.giveUp?.();
    await this.store.elapse(70);
    await this.store.adapter.recover();
    this.#lease = undefined;
  }

  /** Runs the next job that is due. @returns how that ended. */
  async run(): Promise<Outcome> {
    const { lease, job } = await this.#fetch();
    const outcome = await runJob(job, {
      adapter: this.store.adapter,
      logger: this.log,
      signal: this.#signal.signal,
      stopping: this.#stopping.signal,
      checkpoint: this.checkpoint ?? lease.checkpoint?.bind(lease),
      errorHandlers: [(error) => this.errors.push(error)],
      deathHandlers: [],
    });
    await lease.exchange([outcome]);
    return outcome;
  }

  /** Runs the next job until `killed` is called from inside of it. Its worker is dead then. */
  async runUntilKilled(killed: Promise<void>): Promise<void> {
    const running = this.run().catch(() => undefined);
    await Promise.race([killed, running]);
    await this.kill();
  }

  /** Runs the job that failed, without waiting until it is due. */
  async retryNow(): Promise<Outcome> {
    await this.store.elapse(100_000);
    this.#lease = undefined;
    return this.run();
  }

  /** Runs what comes again at once until nothing does. @returns how each run ended. */
  async work(): Promise<Outcome["kind"][]> {
    const kinds: Outcome["kind"][] = [];
    while ((await this.records()).length > 0) {
      kinds.push((await this.run()).kind);
    }
    return kinds;
  }

  records(place: Place = { queue: "default" }): Promise<JobRecord[]> {
    return this.store.records(place);
  }

  async #fetch(): Promise<{ lease: Lease; job: FetchedJob }> {
    this.#stopping = new AbortController();
    this.#signal = new AbortController();
    const lease = (this.#lease ??= await this.store.lease(60));
    const job = await this.store.fetch(lease);
    if (job === undefined) {
      throw new Error("Expected a job to be due, found none");
    }
    this.#job = job;
    return { lease, job };
  }
}
