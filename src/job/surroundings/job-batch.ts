/** What jobs are added to that are deferred where it surrounds them. */
export interface JobBatch {
  readonly id: string;
  /** Whether it surrounds them still. */
  readonly isOpen: boolean;
  /** Why it does not take them. */
  refusal(): Promise<Error>;
}
