import type { Adapter } from "../../adapters/adapter.ts";
import type { Finding } from "../../adapters/finding.ts";
import { recurringJobsIn } from "../../recurring/recurring.ts";
import { rubySchedules } from "./ruby-schedules.ts";

/** Recurring jobs that a scheduler of Ruby's has in the same Redis. */
export async function scheduledTwice(adapter: Adapter, url: string): Promise<readonly Finding[]> {
  const keys: string[] = [];
  for await (const { key } of recurringJobsIn(adapter)) keys.push(key);
  return (await rubySchedules(url, keys)).map(({ library, key }) => ({
    check: "recurring",
    level: "warning",
    problem: "recurring-beside-ruby",
    found: `${library} has ${key}, too: each occurrence comes twice`,
    todo: "Delete one of both",
  }));
}
