/** A step of a job while it runs: where it is, and how it says so. */
export interface Step<Cursor = unknown> {
  /** What `this.step` or `this.iterate` called it. */
  readonly name: string;
  /**
   * What `advance` was given last, in this run or in one before: records in it are looked up
   * afresh. `undefined` where the step begins.
   */
  readonly cursor: Cursor | undefined;
  /** Whether a run before this one has begun it. */
  readonly isResumed: boolean;
  /**
   * Says that all up to here is done. It is durable within a second, as long as the step goes on;
   * what came after is repeated where the process is killed. Every 10 milliseconds timers and I/O
   * have their turn, so a loop that awaits nothing else holds up nobody.
   *
   * Where the run is to end (its worker stops, its `maxRunTime` is over, it was cancelled) this
   * throws, and the job goes on from here another time: let what is thrown pass.
   *
   * @param cursor Anything that can be an argument of a job, 64 KB at most.
   * @throws {SerializationError} if it cannot travel.
   * @throws {RangeError} if it is larger.
   */
  advance(cursor: Cursor): Promise<void>;
  /**
   * Resolves once the store has what the job has come to.
   *
   * @throws {AdapterError} if the store does not take it.
   */
  checkpoint(): Promise<void>;
}

/** What a step does. */
export type StepWork<Output, Cursor> = (step: Step<Cursor>) => Output;
