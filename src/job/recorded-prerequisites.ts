import type { JobRecord } from "../adapters/job-record.ts";

/**
 * The jids of the jobs that a record's job waits for: what `defer` wrote, or what Ruby's `defer(…, prereq_jobs: […])`
 * hands to its MandateJob among the keywords.
 *
 * @returns `undefined` if it waits for none.
 */
export function prereqsOf(record: JobRecord): readonly string[] | undefined {
  const { prereq_jobs: prereqs, wrapped } = record;
  if (prereqs === undefined && wrapped === undefined) {
    return undefined;
  }
  const jids = [...texts(prereqs), ...texts(keywordPrereqs(record))];
  return jids.length === 0 ? undefined : jids;
}

/** @see Active Job 8.1 `arguments.rb`: keywords are the last argument, and an object with a mark. */
function keywordPrereqs({ args }: JobRecord): unknown {
  const [job] = args as readonly { readonly arguments?: unknown }[];
  const given: unknown = Array.isArray(job?.arguments) ? job.arguments.at(-1) : undefined;
  const { prereq_jobs: prereqs, _aj_ruby2_keywords: isKeywords } = Object(given) as Record<
    string,
    unknown
  >;
  if (isKeywords === undefined || !Array.isArray(prereqs)) {
    return undefined;
  }
  // The id is Sidekiq's, for all that Ruby calls it.
  return prereqs.map((prereq) => (Object(prereq) as { job_id?: unknown }).job_id);
}

function texts(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((jid) => typeof jid === "string" && jid !== "") : [];
}
