/** A change of a document, as others are told of it. */
export interface DocumentChange {
  readonly name: string;
  readonly note: string | undefined;
}

/** What there is to tell once a step is done. */
export class Notices {
  /** There may be something to fetch, or to release. */
  isWork = false;
  /** The earliest time that something waits for since this step. */
  due: number = Infinity;
  /** Jobs were cancelled that run, or batches. */
  isCancelled = false;
  /** Operators have asked something of workers. */
  isSignal = false;
  readonly documents: DocumentChange[] = [];
  /** Jids of jobs that have left something. */
  readonly ends: string[] = [];

  work(): void {
    this.isWork = true;
  }

  dueAt(at: number): void {
    if (at < this.due) {
      this.due = at;
    }
  }

  /** Whether nobody is to be told anything. */
  get areNone(): boolean {
    return (
      !this.isWork &&
      this.due === Infinity &&
      !this.isCancelled &&
      !this.isSignal &&
      this.documents.length === 0 &&
      this.ends.length === 0
    );
  }
}
