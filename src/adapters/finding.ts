/** What a look at one thing found, for operators: in words, and what they are about as data. */
export interface Finding {
  /** What was looked at: `"memory"`, `"queue mailers"`. */
  readonly check: string;
  /** "wrong" means that jobs are lost, wait for nothing, or will. */
  readonly level: "ok" | "warning" | "wrong";
  /**
   * A word for what is not as it should be, for alerts and links: `"queue-paused"`. It never
   * changes; `undefined` where all is well.
   */
  readonly problem?: string;
  /** What was found. */
  readonly found: string;
  /** What to do; `undefined` where all is well. */
  readonly todo?: string;
  /** The queue that it is about. */
  readonly queue?: string;
  /** How many jobs it is about. */
  readonly jobs?: number;
  /** One of these. */
  readonly jid?: string;
  /** Seconds: for which something waits, is late or silent, takes, or by which clocks differ. */
  readonly seconds?: number;
  /** The worker processes that it is about, as in `processes()`. */
  readonly identities?: readonly string[];
  /** How many jobs there are of each class that it is about. */
  readonly classes?: Readonly<Record<string, number>>;
}
