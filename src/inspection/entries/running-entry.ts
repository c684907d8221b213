import { inspect } from "node:util";
import { dateAt } from "../../adapters/job-record.ts";
import type { Library, RunningJob } from "../../adapters/job-store.ts";
import type { Progress } from "../../job/handle/progress.ts";
import { RecordView } from "./record-view.ts";
import { entryLine } from "./shown.ts";

/**
 * One job that a worker runs or has fetched ahead, or that a process of Ruby's says it runs, as
 * operators see it.
 */
export class RunningEntry extends RecordView {
  /** The worker's lease, or Ruby's process, as in `processes()`. */
  readonly identity: string;
  /** Whose process runs it. */
  readonly library: Library;
  /** The job's id; `undefined` where the payload has none. */
  readonly id: string | undefined;
  /** Whether it waits for its worker to have a free slot, and does not run yet. */
  readonly fetchedAhead: boolean;
  /** The queue it came from. */
  readonly queueName: string;
  /** When it was handed out. */
  readonly startedAt: Date;
  #progress: Progress | undefined;

  /** @internal */
  constructor(
    { identity, queue, payload, startedAt }: RunningJob,
    { library = "mandate", fetchedAhead = false }: Held = {},
  ) {
    super(payload);
    const jid: unknown = this.record?.jid;
    this.id = typeof jid === "string" ? jid : undefined;
    this.identity = identity;
    this.library = library;
    this.fetchedAhead = fetchedAhead;
    this.queueName = queue;
    this.startedAt = dateAt(startedAt) ?? new Date(0);
  }

  /** @internal */
  [inspect.custom](): string {
    return entryLine(this);
  }

  /** How far it said last that it is; `undefined` where it has said nothing. */
  get progress(): Progress | undefined {
    return this.#progress;
  }

  /** @internal */
  saidLast(progress: Progress | undefined): void {
    this.#progress = progress;
  }
}

interface Held {
  readonly library?: Library;
  readonly fetchedAhead?: boolean;
}
