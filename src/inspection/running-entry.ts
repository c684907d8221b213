import type { RunningJob } from "../adapters/job-store.ts";
import { RecordView } from "./record-view.ts";

/** One job that a worker holds, as operators see it. */
export class RunningEntry extends RecordView {
  /** The worker's lease, as in `processes()`. */
  readonly identity: string;
  /** Its jid; `undefined` where its payload has none. */
  readonly id: string | undefined;
  /** The queue it came from. */
  readonly queueName: string;
  /** When it was handed out. */
  readonly startedAt: Date;

  /** @internal */
  constructor({ identity, queue, payload, startedAt }: RunningJob) {
    super(payload);
    const jid: unknown = this.record?.jid;
    this.id = typeof jid === "string" ? jid : undefined;
    this.identity = identity;
    this.queueName = queue;
    this.startedAt = new Date(startedAt * 1000);
  }
}
