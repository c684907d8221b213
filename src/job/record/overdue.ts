import type { FetchedJob } from "../../adapters/adapter.ts";
import { shared } from "../../support/shared-state.ts";

/** Jobs whose timeout is over and that still run. */
export const overdueJobs: WeakSet<FetchedJob> = shared("overdue-jobs", () => new WeakSet());
