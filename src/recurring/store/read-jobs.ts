import type { Documents } from "../../adapters/documents.ts";
import { JOBS, keptIn, type KeptJob } from "./stored-job.ts";

const PAGE = 500;

/** All recurring jobs that the store has, also those that nobody defines any more. */
export async function* readJobs(documents: Documents): AsyncGenerator<KeptJob, void, undefined> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await documents.list(JOBS, cursor, PAGE);
    for (const document of page.documents) {
      if (!seen.has(document.name)) {
        seen.add(document.name);
        yield keptIn(document);
      }
    }
    ({ cursor } = page);
  } while (cursor !== undefined);
}
