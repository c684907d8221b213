import { checkInteger, checkOptionNames } from "../../job/checks/checks.ts";
import { JobEntry } from "../entries/job-entry.ts";
import type { Reading } from "./pass.ts";
import { matcherOf, type JobSelection } from "./selection.ts";

/** Which page, and how much of it. */
export interface PageOptions {
  /** What the page before returned. @default the first page */
  readonly cursor?: string | undefined;
  /** How many jobs it has at most. @default 50 */
  readonly limit?: number;
  /** How many jobs are looked at for those that fit. @default 10_000 */
  readonly lookAt?: number;
}

/** Some of the selected jobs of a place. */
export interface JobPage {
  /** The jobs, in the order of the place. */
  readonly jobs: readonly JobEntry[];
  /** How many were looked at. */
  readonly seen: number;
  /**
   * Where the next page begins; `undefined` after the last job. It is the store's own, and may have
   * a whole payload in it: do not show it where arguments are secret.
   */
  readonly cursor: string | undefined;
}

/** Jobs that are read at once. */
const SLICE = 500;

/** A page of the selected jobs of a place. */
export async function pageOf(
  { adapter, place }: Reading,
  selection: JobSelection,
  options: PageOptions,
): Promise<JobPage> {
  checkOptionNames(options, ["cursor", "limit", "lookAt"], "the options of page");
  const { limit = 50, lookAt = 10_000 } = options;
  checkInteger(limit, "the limit of a page", 1);
  checkInteger(lookAt, "the lookAt of a page", 1);
  const { store } = adapter;
  const matches = matcherOf(selection, await store.now());
  const isEvery = Object.keys(selection).length === 0;
  const jobs: JobEntry[] = [];
  let { cursor } = options;
  let seen = 0;
  const read = async (count: number): Promise<Slice> => {
    const page = await store.page(place, cursor, Math.min(count, SLICE, lookAt - seen));
    return {
      all: page.jobs.map((stored) => new JobEntry(adapter, place, stored)),
      next: page.cursor,
    };
  };
  do {
    const room = limit - jobs.length;
    let { all, next } = await read(isEvery ? room : SLICE);
    const last = all.filter(matches)[room];
    if (last !== undefined) {
      // Once more, but for those that there is no room for: the cursor is to stand before them.
      ({ all, next } = await read(all.indexOf(last)));
    }
    jobs.push(...all.filter(matches));
    seen += all.length;
    cursor = next;
  } while (cursor !== undefined && jobs.length < limit && seen < lookAt);
  return { jobs, seen, cursor };
}

interface Slice {
  readonly all: readonly JobEntry[];
  readonly next: string | undefined;
}
