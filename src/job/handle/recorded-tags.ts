import type { JobRecord } from "../../adapters/job-record.ts";

/** The tags in a record that anybody may have written. */
export function tagsIn(record: JobRecord | undefined): readonly string[] {
  const tags: unknown = record?.tags;
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : none;
}

const none: readonly string[] = [];
