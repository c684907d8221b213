import type { Adapter } from "../adapters/adapter.ts";
import type { JobRecord } from "../adapters/job-record.ts";
import { JobHandle } from "../job/handle/job-handle.ts";
import { readRecord } from "../job/run/read-record.ts";
import { activeJobIn } from "../job/record/active-job.ts";
import { decryptArguments } from "../job/record/encrypted-arguments.ts";
import { rubyArguments } from "../job/record/read-arguments.ts";
import { displayName, wireArguments } from "../job/record/target.ts";
import { ActiveJobReader } from "../serialization/activejob-reader.ts";
import { NativeReader } from "../serialization/native-reader.ts";

/** One moment of a job. */
export interface Moment {
  /** How the job came into its queue; a retry is one that `retryOn` asked for. */
  readonly kind: "enqueue" | "requeue" | "retry";
  readonly jid: string;
  readonly queue: string;
  readonly payload: string;
  readonly at: number | undefined;
}

/** A job as it was enqueued, or run, at one moment. */
export class RecordedJob {
  readonly moment: Moment;
  /** The scopes that the job belongs to. */
  readonly scopes: readonly object[];
  /** The job was handed out to be run since. */
  isTaken = false;
  readonly #adapter: Adapter;
  #handle: RecordedHandle | undefined;

  constructor(
    moment: Moment,
    options: { readonly scopes: readonly object[]; readonly adapter: Adapter },
  ) {
    this.moment = moment;
    this.scopes = options.scopes;
    this.#adapter = options.adapter;
  }

  get handle(): JobHandle {
    return (this.#handle ??= new RecordedHandle(this.moment, this.#adapter));
  }
}

/** A handle whose arguments are read from the wire: records are their global ids. */
class RecordedHandle extends JobHandle {
  readonly #payload: string;
  #read: readonly unknown[] | undefined;

  constructor(moment: Moment, adapter: Adapter) {
    const record = recordOf(moment);
    const { at } = moment;
    super({
      record,
      className: displayName(record),
      arguments: [],
      scheduledAt: at === undefined ? undefined : new Date(Math.round(at * 1000)),
      adapter,
    });
    this.#payload = moment.payload;
  }

  override get arguments(): readonly unknown[] {
    return (this.#read ??= readArguments(this.record, this.#payload));
  }
}

/** Whoever puts something else into an adapter than a job can see it, and have it fail. */
function recordOf({ payload, jid, queue }: Moment): JobRecord {
  try {
    return readRecord(payload);
  } catch {
    return { class: "(unreadable)", args: [], queue, jid };
  }
}

/** Arguments read back from JSON, with a `GlobalID` in the place of each record. */
export function withReferences(args: unknown[], meta: unknown): unknown[] {
  if (meta === undefined) return args;
  const reader = new NativeReader(args, meta);
  return reader.read(reader.gids);
}

function readArguments(record: JobRecord, payload: string): readonly unknown[] {
  const args = wireArguments(record);
  try {
    if (record.encrypted !== undefined) {
      const plain = decryptArguments(record);
      return readArguments(plain.record, plain.text);
    }
    if (activeJobIn(record) !== undefined) {
      const reader = new ActiveJobReader(rubyArguments(record, payload));
      return reader.read(reader.gids);
    }
    return withReferences(args, record.meta);
  } catch {
    // Such as a value of a class that is registered where the job runs, and not here.
    return args;
  }
}
