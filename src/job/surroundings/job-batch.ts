import type { JobHandle } from "../handle/job-handle.ts";

/** What jobs are added to that are deferred where it surrounds them. */
export interface JobBatch {
  readonly id: string;
  /** Keeps which of its jobs waits for which, before they are enqueued. */
  link(jobs: readonly JobHandle[]): Promise<void>;
  /** Why it does not take them. */
  refusal(): Promise<Error>;
}
