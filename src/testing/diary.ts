import type { Adapter } from "../adapters/adapter.ts";
import { RecordedJob, type Moment } from "./recorded-job.ts";
import { openScopes } from "./scope.ts";

/** What was enqueued, and what was run, in order. */
export class Diary {
  readonly #adapter: Adapter;
  #enqueued: RecordedJob[] = [];
  #performed: RecordedJob[] = [];

  /** @param adapter Whose jobs these are: handles ask it for their status. */
  constructor(adapter: Adapter) {
    this.#adapter = adapter;
  }

  /** Everything that was enqueued, requeues and retries included. */
  get enqueued(): readonly RecordedJob[] {
    return this.#enqueued;
  }

  /** Every run that was started. */
  get performed(): readonly RecordedJob[] {
    return this.#performed;
  }

  noteEnqueued(moment: Moment): RecordedJob {
    const recorded = this.recordOf(moment);
    this.#enqueued.push(recorded);
    return recorded;
  }

  /**
   * A job that waits has taken over what another one was, and stays one job: it is not noted a
   * second time for whoever knows of the first.
   */
  noteReplaced(moment: Moment): RecordedJob {
    const recorded = this.recordOf(moment);
    const isKnown = ({ moment: { jid }, isTaken, scopes }: RecordedJob): boolean =>
      jid === moment.jid && !isTaken && scopes.every((scope) => recorded.scopes.includes(scope));
    this.#enqueued = [...this.#enqueued.filter((other) => !isKnown(other)), recorded];
    return recorded;
  }

  /** @param payload The job as it is run: with what an earlier run wrote into it. */
  notePerformed({ moment }: RecordedJob, payload: string): RecordedJob {
    const recorded = this.recordOf({ ...moment, payload });
    this.#performed.push(recorded);
    return recorded;
  }

  /** The job did not come to run after all. */
  strike(performed: RecordedJob): void {
    this.#performed = this.#performed.filter((other) => other !== performed);
  }

  /** What was not handed out yet: the latest of each job, in that order. */
  untaken(): readonly RecordedJob[] {
    const latest = new Map<string, RecordedJob>();
    for (const recorded of this.#enqueued) {
      const { jid } = recorded.moment;
      latest.delete(jid);
      latest.set(jid, recorded);
    }
    return [...latest.values()].filter(({ isTaken }) => !isTaken);
  }

  clear(): void {
    this.#enqueued = [];
    this.#performed = [];
  }

  /** A job at a moment, which is not noted. */
  recordOf(moment: Moment): RecordedJob {
    return new RecordedJob(moment, { scopes: openScopes(), adapter: this.#adapter });
  }
}
