import type { Adapter } from "../../adapters/adapter.ts";
import type { JobEntry } from "../../inspection/job-entry.ts";
import type { JobList } from "../../inspection/job-list.ts";
import { JobSet } from "../../inspection/job-set.ts";
import { queue, queues } from "../../inspection/queue.ts";
import type { RunningEntry } from "../../inspection/running-entry.ts";
import { UsageError } from "../usage.ts";

/** Where jobs are, as it is typed. */
export type PlaceName = "running" | "queue" | "retry" | "scheduled" | "blocked" | "dead";

/** In the order in which they are looked at. */
export const PLACES: readonly PlaceName[] = [
  "running",
  "queue",
  "retry",
  "scheduled",
  "blocked",
  "dead",
];

/** What was typed after a command: places, then jids. */
export interface Operands {
  readonly places: readonly PlaceName[];
  readonly jids: readonly string[];
}

/** Places are words, and jids are none of them. */
export function operandsOf(positionals: readonly string[]): Operands {
  const places = positionals.filter((word): word is PlaceName =>
    (PLACES as readonly string[]).includes(word),
  );
  const jids = positionals.filter((word) => !(PLACES as readonly string[]).includes(word));
  return { places, jids };
}

/** @throws {UsageError} if a word is no place. */
export function placesOf(positionals: readonly string[]): readonly PlaceName[] {
  const { places, jids } = operandsOf(positionals);
  if (jids[0] !== undefined) {
    throw new UsageError(
      `Cannot look into "${jids[0]}": it is no place. Write ${PLACES.join(", ")}`,
    );
  }
  return places;
}

/** One list of waiting jobs, and what operators call it. */
export interface NamedList {
  readonly place: PlaceName;
  /** "queue mailers", "the retry set". */
  readonly title: string;
  readonly jobs: JobList;
}

/** The lists that a place consists of: one for each queue. @param only One queue's name. */
export async function listsIn(
  place: Exclude<PlaceName, "running">,
  adapter: Adapter,
  only?: string,
): Promise<readonly NamedList[]> {
  if (place !== "queue") {
    return [{ place, title: `the ${place} set`, jobs: new JobSet(adapter, place) }];
  }
  const found = only === undefined ? await queues(adapter) : [queue(only, adapter)];
  return found.map((jobs) => ({ place, title: `queue ${jobs.name}`, jobs }));
}

/** A job that was found, and where. */
export interface Found {
  readonly place: PlaceName;
  readonly entry: JobEntry | RunningEntry;
}
