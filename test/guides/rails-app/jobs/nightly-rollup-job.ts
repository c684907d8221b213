import { deferAll, Job } from "mandate";
import { RollupAccountJob } from "./rollup-account-job.ts";

const yesterday = () => new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

/** cron: 30 0 * * * mandate enqueue NightlyRollupJob '[]' */
export class NightlyRollupJob extends Job {
  async perform(day = yesterday()) {
    await deferAll([1, 2, 3].map((accountId) => RollupAccountJob.prepare(accountId, day)));
  }
}
