import { channel, type Channel } from "node:diagnostics_channel";

/** Which job something happened to. An event never has arguments. */
export interface JobEvent {
  /** `undefined` where the record has none that can be read. */
  readonly jid: string | undefined;
  /** The command's name, or the name of a `Job` class; `"?"` where the record cannot be read. */
  readonly className: string;
  /** Where it was fetched from or, of `enqueue`, where it goes. */
  readonly queue: string;
}

/** The store took a job. */
export interface EnqueueEvent extends JobEvent {
  /** When it is due, epoch seconds; `undefined`: at once. */
  readonly at: number | undefined;
  /** How many jobs were enqueued with it in one step, itself included. */
  readonly batchSize: number;
}

/**
 * A job was not enqueued, because one like it is there. `jid` is the one that it would have had,
 * which no store knows.
 */
export interface DuplicateEvent extends JobEvent {
  /** The jid of the job that is there. */
  readonly holder: string;
  /** Whether that job took over its arguments, or is as it was. */
  readonly how: "refused" | "replaced";
}

/** A run begins. */
export interface StartEvent extends JobEvent {
  /** 1 for the first run, and one more for each that failed before. */
  readonly attempt: number;
  /**
   * Seconds for which it was in its queue; `undefined` where the record does not say since when.
   */
  readonly latency: number | undefined;
}

/** A run ended. */
export interface EndEvent extends StartEvent {
  /** For which it ran. */
  readonly seconds: number;
}

/** The job is done, and that is no failure. */
export interface FinishEvent extends EndEvent {
  /** What its run threw, where its class discards such a job, or rescued it; else `undefined`. */
  readonly error: unknown;
}

/** A run ended whose job was cancelled meanwhile. The job is over, and that is no failure. */
export interface CancelEvent extends EndEvent {
  /** What the run threw, if anything: `JobCancelledError`, where it heeded its signal. */
  readonly error: unknown;
}

/** A job was discarded instead of run, because its time was over. That is no failure. */
export type ExpireEvent = EndEvent;

/** A run failed, and counts as a failure; `retry` or `dead` follows, unless the job is dropped. */
export interface FailEvent extends EndEvent {
  /** What was thrown. */
  readonly error: unknown;
  /** What becomes of the job: it is retried, waits for a person, or is gone. */
  readonly outcome: "retry" | "dead" | "dropped";
}

/** A job that failed will run again. */
export interface RetryEvent extends FailEvent {
  /** When, epoch seconds. */
  readonly at: number;
}

/** The same job comes again, by `requeueJob` or for want of something; no failure. */
export interface RequeueEvent extends EndEvent {
  /** When, epoch seconds; `undefined`: at once. */
  readonly at: number | undefined;
}

/** A job was fetched whose prerequisites are unfinished, and waits for them. */
export interface BlockEvent extends EndEvent {
  /** Jids of those. */
  readonly prereqs: readonly string[];
}

/**
 * A job came to its turn and is over a limit: it is blocked until that lets it start. Told by the
 * worker that found it so.
 */
export interface LimitEvent {
  /** The job's id. */
  readonly jid: string;
  /** Where it waits. */
  readonly queue: string;
  /** Which limit: "limit stripe:42". */
  readonly limit: string;
}

/** A job that was over a limit is started: by the worker that tells of it. */
export type UnlimitEvent = LimitEvent;

/** Blocked jobs were handed on: what they waited for is finished. */
export interface UnblockEvent {
  /** How many. */
  readonly count: number;
}

/** Scheduled and retried jobs were moved to their queues, because they are due. */
export interface PromoteEvent {
  /** How many. */
  readonly count: number;
  /**
   * Seconds by which the first of them was late; `undefined` where this worker did not know of it.
   */
  readonly lateness: number | undefined;
}

/** Jobs of a dead worker were given to others. */
export interface RecoverEvent {
  /** The dead worker's lease, as in `processes()`. */
  readonly identity: string;
  /** How many. */
  readonly recovered: number;
  /** Jids of jobs that were lost too often and are dead now. */
  readonly buried: readonly string[];
}

/**
 * Something happened to a batch. "open" and "cancel" are told by the process that did so; the
 * others by the worker that hands on what waited for them: by one, and by none if it ends just
 * then.
 */
export interface BatchEvent {
  /** The batch's id. */
  readonly batch: string;
  /** Each but "cancel" once. */
  readonly what: "open" | "complete" | "success" | "death" | "cancel";
}

/** Each event's name, and what its message is. */
export interface Events {
  /** The store took a job. */
  readonly enqueue: EnqueueEvent;
  /** The store did not take a job: one like it is there. */
  readonly duplicate: DuplicateEvent;
  /** A run begins. */
  readonly start: StartEvent;
  /** A job is done. */
  readonly finish: FinishEvent;
  /** A run ended whose job was cancelled. */
  readonly cancel: CancelEvent;
  /** A job's time was over before it was run. */
  readonly expire: ExpireEvent;
  /** A run failed. */
  readonly fail: FailEvent;
  /** A job that failed will run again. */
  readonly retry: RetryEvent;
  /** A job waits for a person. */
  readonly dead: FailEvent;
  /** The same job comes again, without a failure. */
  readonly requeue: RequeueEvent;
  /** A job waits for others. */
  readonly block: BlockEvent;
  /** A job was given back to its queue, because its worker shuts down. */
  readonly release: EndEvent;
  /** A job is over a limit, and waits. */
  readonly limit: LimitEvent;
  /** A job that was over a limit is started. */
  readonly unlimit: UnlimitEvent;
  /** Blocked jobs were handed on. */
  readonly unblock: UnblockEvent;
  /** Jobs that were due went to their queues. */
  readonly promote: PromoteEvent;
  /** Jobs of a dead worker were given to others. */
  readonly recover: RecoverEvent;
  /** Something happened to a batch. */
  readonly batch: BatchEvent;
}

/** The names of the channels of `node:diagnostics_channel` that events are published on. */
export const channelNames: Readonly<Record<keyof Events, string>> = {
  enqueue: "mandate:job:enqueue",
  duplicate: "mandate:job:duplicate",
  start: "mandate:job:start",
  finish: "mandate:job:finish",
  cancel: "mandate:job:cancel",
  expire: "mandate:job:expire",
  fail: "mandate:job:fail",
  retry: "mandate:job:retry",
  dead: "mandate:job:dead",
  requeue: "mandate:job:requeue",
  block: "mandate:job:block",
  release: "mandate:job:release",
  limit: "mandate:store:limit",
  unlimit: "mandate:store:unlimit",
  unblock: "mandate:store:unblock",
  promote: "mandate:store:promote",
  recover: "mandate:store:recover",
  batch: "mandate:store:batch",
};

type Channels = {
  readonly [Name in keyof Events]: Pick<Channel, "hasSubscribers"> & {
    publish(event: Events[Name]): void;
  };
};

/** One of each for all of a process, whichever copy of this library asks. */
export const channels = Object.fromEntries(
  Object.entries(channelNames).map(([event, name]) => [event, channel(name)]),
) as unknown as Channels;
