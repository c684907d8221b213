import type { JobRecord } from "../../adapters/job-record.ts";

/** What every record has. */
interface Fields {
  readonly class: string;
  readonly args: unknown[];
  readonly queue: string;
  readonly jid: string;
  readonly retry: boolean | number;
  readonly created_at: number;
  readonly sig: string | undefined;
}

/**
 * A record with what all have; a plain object, though a constructor makes it. V8 moves what a
 * literal makes to old memory for good once many of a kind were seen to live for a while, as a
 * batch's do. There each that is over would keep its arguments and payload until all of it is
 * swept, which doubles what enqueueing costs. It does not do so with what constructors make.
 *
 * @see https://v8.dev/blog/trash-talk on nepotism,
 *   https://research.google/pubs/memento-mori-dynamic-allocation-site-based-optimizations/
 */
export const NewRecord = function (this: JobRecord, fields: Fields): void {
  this.class = fields.class;
  this.args = fields.args;
  this.queue = fields.queue;
  this.jid = fields.jid;
  this.retry = fields.retry;
  this.created_at = fields.created_at;
  if (fields.sig !== undefined) this.sig = fields.sig;
} as unknown as new (fields: Fields) => JobRecord;

NewRecord.prototype = Object.prototype;
