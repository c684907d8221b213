import type { Adapter } from "../../adapters/adapter.ts";
import type { Place } from "../../adapters/job-store.ts";
import { checkOptionNames } from "../../job/checks/checks.ts";
import { JobEntry } from "../entries/job-entry.ts";
import { matcherOf, type JobSelection, type Matcher } from "./selection.ts";

/** How far a pass over many jobs has got. */
export interface PassProgress {
  /** Jobs looked at. */
  readonly seen: number;
  /** Jobs dealt with: those of them that fit. */
  readonly done: number;
  /** Jobs there were at its start. */
  readonly total: number;
}

/** What may be asked of a pass over many jobs. */
export interface PassOptions {
  /** Called after each slice of some hundred jobs. */
  readonly onProgress?: (progress: PassProgress) => void;
  /**
   * Ends it between two slices: what was done stays done, the others are as they were. It rejects
   * with its reason.
   */
  readonly signal?: AbortSignal;
}

const FIRST_PAGE = 100;
const PAGE = 500;

/** Where a pass goes over. */
export interface Reading {
  readonly adapter: Adapter;
  readonly place: Place;
}

/** The pages of a place; the first is a small one, since somebody waits for it. */
export async function* pages(
  { adapter, place }: Reading,
  signal?: AbortSignal,
): AsyncGenerator<readonly JobEntry[], void, void> {
  let cursor: string | undefined;
  let limit = FIRST_PAGE;
  do {
    signal?.throwIfAborted();
    const page = await adapter.store.page(place, cursor, limit);
    yield page.jobs.map((stored) => new JobEntry(adapter, place, stored));
    cursor = page.cursor;
    limit = PAGE;
  } while (cursor !== undefined);
}

/** Which jobs, and what is told meanwhile. */
interface Task {
  readonly selection: JobSelection;
  readonly options: PassOptions;
}

/**
 * Looks at all selected jobs, a page at a time, and leaves them as they are. One that moves
 * meanwhile may be missed, or seen twice: to know it again would take longer than to read it.
 *
 * @param see Looks at a page's; it answers how many of them count.
 * @returns how many did.
 */
export async function look(
  reading: Reading,
  task: Task,
  see: (entries: readonly JobEntry[]) => number,
): Promise<number> {
  const { onProgress, signal } = task.options;
  const { matches, total } = await begin(reading, task);
  let [seen, done] = [0, 0];
  for await (const page of pages(reading, signal)) {
    const counted = page.slice(0, total - seen);
    seen += counted.length;
    done += see(counted.filter(matches));
    onProgress?.({ seen, done, total });
    signal?.throwIfAborted();
    if (seen >= total) {
      break;
    }
  }
  return done;
}

/**
 * Deals with all selected jobs, a page at a time. What comes meanwhile, such as a job that fails
 * again, is left.
 *
 * @param act Deals with a page's; it answers how many had not left.
 * @returns how many were dealt with.
 */
export async function pass(
  reading: Reading,
  task: Task,
  act: (entries: readonly JobEntry[]) => Promise<number>,
): Promise<number> {
  const { onProgress, signal } = task.options;
  const { matches, total } = await begin(reading, task);
  const handled = new Set<string>();
  let [seen, done] = [0, 0];
  let selected: JobEntry[] = [];
  const deal = async (): Promise<void> => {
    done += selected.length === 0 ? 0 : await act(selected);
    onProgress?.({ seen, done, total });
    signal?.throwIfAborted();
  };
  for await (const page of pages(reading, signal)) {
    // Only now: the page that was read after it began where it ended, and would not find that place
    // again.
    await deal();
    const fresh = page.filter((entry) => !handled.has(entry.id ?? entry.payload));
    const counted = fresh.slice(0, total - seen);
    selected = counted.filter(matches);
    selected.forEach((entry) => handled.add(entry.id ?? entry.payload));
    seen += counted.length;
    if (seen >= total) {
      break;
    }
  }
  await deal();
  return done;
}

async function begin(
  { adapter: { store }, place }: Reading,
  { selection, options }: Task,
): Promise<{ readonly matches: Matcher; readonly total: number }> {
  checkOptionNames(options, ["onProgress", "signal"], "the options of a pass over jobs");
  const matches = matcherOf(selection, await store.now());
  return { matches, total: await store.size(place) };
}
