import { type Adapter, recurring } from "mandate";
import { noJobsLeft } from "./no-jobs-left.ts";

/** Has the nightly report sent now, as `npx mandate recurring run nightly-report` does. */
export async function sendNightlyReport(adapter: Adapter): Promise<void> {
  await recurring.job("nightly-report").runNow();
  await noJobsLeft(adapter);
}
