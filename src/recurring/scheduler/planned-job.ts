import type { ReadyClaim } from "../claim/claim.ts";
import type { Definition } from "../definition.ts";
import type { KeptJob } from "../store/stored-job.ts";

/** A recurring job, as one worker sees it. Of a class, so that all are of one shape. */
export class PlannedJob {
  readonly kept: KeptJob;
  /** By which it runs; `undefined` where nobody defines it, or it is paused. */
  readonly definition: Definition | undefined;
  /** All that was due up to then is dealt with: it may be that the document was not read since. */
  after: number;
  /** When the next one is due; epoch seconds, `Infinity` for never. */
  next: number;
  /** Another worker claimed the last one, and is the first to try the next. */
  isOthers: boolean;
  /** How the next is claimed, where that was made ready before it is due. */
  ready: ReadyClaim | undefined;

  constructor(
    kept: KeptJob,
    {
      definition,
      after,
      next,
      isOthers,
    }: Pick<PlannedJob, "definition" | "after" | "next" | "isOthers">,
  ) {
    this.kept = kept;
    this.definition = definition;
    this.after = after;
    this.next = next;
    this.isOthers = isOthers;
    this.ready = undefined;
  }

  /** Its document has to be read before it is claimed. */
  get isOutdated(): boolean {
    return this.after > this.kept.stored.after;
  }

  /** When the next one is due has to be found out. */
  get isDealtWith(): boolean {
    return this.next <= this.after && this.next !== -Infinity;
  }
}

/** One that runs. */
export interface ActiveJob extends PlannedJob {
  readonly definition: Definition;
}
