import type { Iterations } from "./iterations.ts";

/** What jobs leave for others to read, besides where they are. */
export interface JobNotes {
  /**
   * Notes how far jobs are, over what was noted of them before. Kept for an hour after the last
   * time, and lost without harm.
   */
  writeProgress(notes: readonly ProgressNote[]): Promise<void>;
  /** What was noted last of each of these, in this order. */
  readProgress(jids: readonly string[]): Promise<readonly (ProgressNote | undefined)[]>;
  /**
   * Whether these are over, and what they left, in this order. A job that is over has left by then
   * what it leaves: both are one step of settling.
   */
  readEnds(jids: readonly string[]): Promise<readonly JobEnd[]>;
  /**
   * Calls `onEnd` when a job leaves something. Messages may get lost, and come without a reason:
   * whoever waits looks at each of them, and now and then besides. Not heard of is a job that is
   * over and leaves nothing.
   */
  listen(jid: string, onEnd: () => void): Listening;
  /**
   * Keeps the profile of a run, over an earlier one of its job and name; of those that this library
   * wrote the 50 latest, for a day.
   */
  writeProfile(profile: Profile): Promise<void>;
  /** Those that are kept, the latest first; Ruby's, too. */
  readProfiles(): Promise<readonly StoredProfile[]>;
  /** What was recorded, compressed by gzip; `undefined` where it is not kept any more. */
  readProfile(key: string): Promise<Uint8Array | undefined>;
  /**
   * How the jobs of each class ran in each of the last minutes, this one included; minutes without
   * runs are left out, and so are runs of which a worker has not told yet. There where the store
   * counts them: Sidekiq's are, for eight hours.
   */
  readRuns?(minutes: number): Promise<readonly ClassRuns[]>;
  /** There where Ruby's Sidekiq may share the store. */
  readonly iterations?: Iterations;
}

/** Runs of one class in one minute. */
export interface ClassRuns {
  /** The command's name, or that of a `Job` class. */
  readonly className: string;
  /** When the minute began, epoch seconds. */
  readonly at: number;
  /** Runs that ended. */
  readonly processed: number;
  /** Of these, how many failed. */
  readonly failed: number;
  /** How long those took that did not fail, together. */
  readonly seconds: number;
}

/** What was recorded while a job ran. */
export interface Profile {
  /** As the job was told. */
  readonly name: string;
  /** The job's. */
  readonly jid: string;
  /** The name of the job's class. */
  readonly className: string;
  /** Epoch seconds. */
  readonly startedAt: number;
  /** That the run took. */
  readonly seconds: number;
  /** V8's, or that of Ruby's profiler, which the Firefox Profiler reads. */
  readonly format: "cpuprofile" | "vernier";
  /** JSON, compressed by gzip. */
  readonly data: Uint8Array;
}

/** A profile that is kept. */
export interface StoredProfile extends Omit<Profile, "data"> {
  /** Its name and its job's jid, as Sidekiq has it. */
  readonly key: string;
  /** Bytes, compressed. */
  readonly size: number;
}

/** Seconds for which profiles are kept: Sidekiq's. */
export const PROFILE_KEPT = 86_400;
/** How many of this library's. */
export const PROFILES_KEPT = 50;
/** How large one may be, compressed. */
export const PROFILE_BYTES: number = 2 * 1024 ** 2;

/** Whether a job is over. */
export interface JobEnd {
  /** "over": however it ended, dead and cancelled aside. */
  readonly state: "unfinished" | "dead" | "cancelled" | "over";
  /**
   * The text that it left when it was last over; `undefined` if none, or if its time has passed.
   */
  readonly left: string | undefined;
}

/** What a job leaves when it is over. */
export interface LeftResult {
  /** What the adapter keeps, as it is. */
  readonly text: string;
  /** For how long it is kept. */
  readonly seconds: number;
}

/** What a job may leave that is over. */
export interface Left {
  /** For whoever waits for it. */
  readonly result?: LeftResult;
  /** For operators. */
  readonly finished?: FinishedJob;
}

/** What is kept of a job that is over, for operators. */
export interface FinishedJob {
  /** Its payload, and in it how it ended. */
  readonly payload: string;
  /** Among whom it is counted: its class. */
  readonly group: string;
  /** How many of the group are kept. */
  readonly count: number;
  /** For how long it is kept at most. */
  readonly seconds: number;
}

/** Somebody listens. */
export interface Listening {
  /** Resolves when it hears; rejects if it does not hear now. It may later all the same. */
  readonly ready: Promise<void>;
  /** Ends it. */
  stop(): void;
}

/** How far a job says that it is. */
export interface ProgressNote {
  /** The job's. */
  readonly jid: string;
  /** How much is done. */
  readonly done: number;
  /** Of how much. */
  readonly total: number;
  /** What is done now, in words. */
  readonly note?: string;
  /** When it said so, epoch seconds, by its worker's clock. */
  readonly at: number;
}

/** Seconds for which progress is kept. */
export const PROGRESS_KEPT = 3_600;
