import type { Adapter } from "../../adapters/adapter.ts";
import { checkInteger, checkOptionNames } from "../../job/checks/checks.ts";
import { settings } from "../../job/settings/settings.ts";
import { heldJobs } from "./held-jobs.ts";
import type { PageOptions } from "./job-page.ts";
import { JobSet } from "./job-set.ts";
import {
  checkPlace,
  listsAt,
  UNFINISHED,
  type FoundJob,
  type JobPlace,
  type SearchOptions,
} from "./jobs.ts";
import { matcherOf, type JobSelection } from "./selection.ts";

/** Which page of which places, and how much of it. */
export interface JobsPageOptions extends PageOptions, Pick<SearchOptions, "places"> {}

/** Some of the selected jobs of some places. */
export interface JobsPage {
  /** The jobs, place after place. */
  readonly jobs: readonly FoundJob[];
  /** How many were looked at. */
  readonly seen: number;
  /**
   * Where the next page begins; `undefined` after the last job. As that of a single place it may
   * have a whole payload in it.
   */
  readonly cursor: string | undefined;
}

/** A cursor: the place by its number, its part by the queue's name, and where in that. */
type Position = readonly [place: number, part: string, inside?: string];

interface Slice {
  readonly jobs: readonly FoundJob[];
  readonly seen: number;
  readonly next: string | undefined;
}

/** One of the lists that places consist of. */
interface Part {
  /** Its place, by number. */
  readonly at: number;
  /** The queue's name; "" of a set. */
  readonly name: string;
  readonly read: (
    cursor: string | undefined,
    room: { readonly limit: number; readonly lookAt: number },
  ) => Promise<Slice>;
}

/**
 * A page of all jobs of some places, or of those selected: what `jobs` finds, for lists that are
 * turned over from one request to the next. It ends early once `lookAt` jobs were looked at, so
 * that it may have few jobs, or none, and a cursor; the next one goes on there.
 *
 * @param adapter @default the one of `configure`
 * @throws {UnknownOptionError} if there is no such field or option.
 * @throws {TypeError} if a place is none, or the cursor is of no page of these places.
 * @throws {RangeError} if `limit` or `lookAt` is no integer of at least 1.
 *
 * @example
 * ```ts
 * import { jobsPage } from "mandate";
 *
 * const page = await jobsPage({ mentions: "gid://app/User/42" }, { places: ["retry", "dead"] });
 * for (const { place, entry } of page.jobs) {
 *   console.log(place, entry.className);
 * }
 * ```
 */
export async function jobsPage(
  selection: JobSelection = {},
  options: JobsPageOptions = {},
  adapter: Adapter = settings().adapter,
): Promise<JobsPage> {
  checkOptionNames(options, ["cursor", "limit", "lookAt", "places"], "the options of jobsPage");
  const { limit = 50, lookAt = 10_000, places = UNFINISHED } = options;
  checkInteger(limit, "the limit of a page", 1);
  checkInteger(lookAt, "the lookAt of a page", 1);
  places.forEach(checkPlace);
  const [place, name, inside] = positionOf(options.cursor, places);
  const jobs: FoundJob[] = [];
  let seen = 0;
  for (let at = place; at < places.length; at += 1) {
    const all = await partsOf(at, { places, selection, adapter });
    // Where the queue is gone that the cursor stood in, those behind it are next.
    for (const part of all.filter((each) => at > place || each.name >= name)) {
      if (jobs.length >= limit || seen >= lookAt) {
        return { jobs, seen, cursor: cursorAt([part.at, part.name]) };
      }
      const start = part.at === place && part.name === name ? inside : undefined;
      const room = { limit: limit - jobs.length, lookAt: lookAt - seen };
      const slice = await part.read(start, room);
      jobs.push(...slice.jobs);
      seen += slice.seen;
      if (slice.next !== undefined) {
        return { jobs, seen, cursor: cursorAt([part.at, part.name, slice.next]) };
      }
    }
  }
  return { jobs, seen, cursor: undefined };
}

function cursorAt(position: Position): string {
  return JSON.stringify(position);
}

function positionOf(cursor: string | undefined, places: readonly JobPlace[]): Position {
  if (cursor === undefined) {
    return [0, ""];
  }
  const position = readJson(cursor);
  if (
    !Array.isArray(position) ||
    !Number.isInteger(position[0]) ||
    places[position[0] as number] === undefined ||
    typeof position[1] !== "string" ||
    !["string", "undefined"].includes(typeof position[2])
  ) {
    throw new TypeError(
      "Cannot read a page of jobs: its cursor is of no page of these places. Give the one that the page before returned, and the same places",
    );
  }
  return position as unknown as Position;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Search {
  readonly places: readonly JobPlace[];
  readonly selection: JobSelection;
  readonly adapter: Adapter;
}

async function partsOf(
  at: number,
  { places, selection, adapter }: Search,
): Promise<readonly Part[]> {
  const place = places[at] ?? "running";
  if (place === "running") {
    return [{ at, name: "", read: (cursor, room) => held({ selection, adapter }, cursor, room) }];
  }
  const lists = await listsAt(place, adapter, selection.queue);
  return lists.map((list) => ({
    at,
    name: list instanceof JobSet ? "" : list.name,
    read: async (cursor, room) => {
      const page = await list.page(selection, { ...room, cursor });
      const jobs = page.jobs.map((entry) => ({ place, entry }));
      return { jobs, seen: page.seen, next: page.cursor };
    },
  }));
}

/** Of what workers hold; the cursor is how many came before. */
async function held(
  { selection, adapter }: Omit<Search, "places">,
  cursor: string | undefined,
  { limit }: { readonly limit: number },
): Promise<Slice> {
  const matches = matcherOf(selection, await adapter.store.now());
  const all = await heldJobs(adapter);
  const fitting = all.filter(matches);
  const start = Number(cursor ?? 0);
  const jobs = fitting
    .slice(start, start + limit)
    .map((entry) => ({ place: "running" as const, entry }));
  const end = start + jobs.length;
  const seen = cursor === undefined ? all.length : 0;
  return { jobs, seen, next: end < fitting.length ? String(end) : undefined };
}
