/** What became of one dead worker's jobs. */
export interface Recovery {
  /** The dead worker's. */
  readonly identity: string;
  /** How many jobs went back to their queues. */
  readonly recovered: number;
  /** Jids (or `"?"` where there is none) of jobs that were lost too often and are dead now. */
  readonly buried: readonly string[];
}
