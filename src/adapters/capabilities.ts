/** What an adapter can do beyond what every store of jobs can. */
export interface Capabilities {
  /** Jobs outlive this process. */
  readonly persistent: boolean;
  /** Within a queue that a worker serves, jobs go by priority, the smaller first. */
  readonly priorities: boolean;
  /** Keys take turns: `Entry.fairKey`. @default false */
  readonly fairness?: boolean;
  /** `Entry.holds`, `FetchRequest.turns` and `holds`. */
  readonly holds: boolean;
  /** `documents`, and `given` of `enqueue`. */
  readonly documents: boolean;
  /** `Entry.batch`, and `batches`. @default false */
  readonly batches?: boolean;
}
