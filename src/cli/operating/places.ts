import type { Adapter } from "../../adapters/adapter.ts";
import type { JobList } from "../../inspection/lists/job-list.ts";
import { JobSet } from "../../inspection/lists/job-set.ts";
import { listsAt, PLACES, type JobPlace } from "../../inspection/lists/jobs.ts";
import { didYouMean } from "../../support/nearest.ts";
import { UsageError } from "../usage.ts";

/** What was typed after a command: places, then jids. */
export interface Operands {
  readonly places: readonly JobPlace[];
  readonly jids: readonly string[];
}

/** Places are words, and jids are none of them. */
export function operandsOf(positionals: readonly string[]): Operands {
  const places = positionals.filter((word): word is JobPlace =>
    (PLACES as readonly string[]).includes(word),
  );
  const jids = positionals.filter((word) => !(PLACES as readonly string[]).includes(word));
  return { places, jids };
}

/** @throws {UsageError} if a word is no place. */
export function placesOf(positionals: readonly string[]): readonly JobPlace[] {
  const { places, jids } = operandsOf(positionals);
  if (jids[0] !== undefined) {
    throw new UsageError(
      `Cannot look into "${jids[0]}": it is no place.${didYouMean(jids[0], PLACES)} Write ${PLACES.join(", ")}`,
    );
  }
  return places;
}

/** One list of waiting jobs, and what operators call it. */
export interface NamedList {
  readonly place: JobPlace;
  /** "queue mailers", "the retry set". */
  readonly title: string;
  readonly jobs: JobList;
}

/** The lists that a place consists of: one for each queue. @param only One queue's name. */
export async function listsIn(
  place: Exclude<JobPlace, "running">,
  adapter: Adapter,
  only?: string,
): Promise<readonly NamedList[]> {
  const lists = await listsAt(place, adapter, only);
  return lists.map((jobs) => {
    const title = jobs instanceof JobSet ? `the ${place} set` : `queue ${jobs.name}`;
    return { place, title, jobs };
  });
}
