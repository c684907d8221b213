import type { Documents } from "../../adapters/documents.ts";
import type { Rewriting } from "../../adapters/job-store.ts";
import { changeDocument } from "./change-document.ts";
import { readJobs } from "./read-jobs.ts";
import { jobDocument, textOf, type StoredJob } from "./stored-job.ts";

/**
 * Gives what was defined at run time other payloads. What code defines, its workers write.
 *
 * @param rewritingOf Gets the key of each.
 * @returns how many.
 */
export async function rewriteDefinitions(
  documents: Documents,
  rewritingOf: (key: string) => Rewriting,
): Promise<number> {
  let count = 0;
  for await (const { key, stored } of readJobs(documents)) {
    const rewriting = rewritingOf(key);
    if (stored.own === undefined || rewriting(stored.own.payload) === undefined) {
      continue;
    }
    let isRewritten = false;
    await changeDocument(documents, jobDocument(key), (text) => {
      const current = text === undefined ? undefined : (JSON.parse(text) as StoredJob);
      const payload = current?.own && rewriting(current.own.payload);
      isRewritten = payload !== undefined;
      return payload === undefined
        ? undefined
        : { text: textOf({ ...current, own: { ...current?.own, payload } } as StoredJob) };
    });
    count += isRewritten ? 1 : 0;
  }
  return count;
}
