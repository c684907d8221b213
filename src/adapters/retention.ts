import { shared } from "../support/shared-state.ts";

/** How many dead jobs are kept, and for how many seconds: what is too old or too many is forgotten. */
export interface Retention {
  deadMaxJobs: number;
  deadTimeout: number;
}

// Sidekiq 8.1 `lib/sidekiq/config.rb`.
const retention: Retention = shared("retention", () => ({
  deadMaxJobs: 10_000,
  deadTimeout: 180 * 24 * 60 * 60,
}));

/** Of all adapters of this process. */
export function deadRetention(): Readonly<Retention> {
  return retention;
}

/** For all of this process. What is left out stays as it is. */
export function keepDead(changes: Partial<Retention>): void {
  Object.assign(retention, changes);
}
