import type { Adapter } from "../../adapters/adapter.ts";
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

/** What operators call what a place consists of: "queue mailers", "the retry set". */
export function titleOf({
  place,
  queue,
}: {
  readonly place: JobPlace;
  readonly queue: string | undefined;
}): string {
  if (place === "running") {
    return "what runs";
  }
  return queue === undefined ? `the ${place} set` : `queue ${queue}`;
}

/** The titles of all that some places consist of. @param only One queue's name. */
export async function titlesOf(
  places: readonly JobPlace[],
  adapter: Adapter,
  only?: string,
): Promise<readonly string[]> {
  const titles = places.map(async (place) => {
    const lists = place === "queue" ? await listsAt(place, adapter, only) : [undefined];
    return lists.map((list) => titleOf({ place, queue: list?.name }));
  });
  return (await Promise.all(titles)).flat();
}
