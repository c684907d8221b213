import type { Page, QueuePlace, StoredJob } from "../../job-store.ts";
import type { Keys } from "../keys.ts";
import { pageScript, type PageRequest } from "./page-script.ts";
import { pageOfParked } from "./parked-pages.ts";
import { cursorBehind, stored } from "./pages.ts";
import type { RedisContext } from "../redis-context.ts";
import { readScored, readTexts } from "../connection/read-reply.ts";
import { unlessOther } from "../payloads/untrusted.ts";

/**
 * Of a queue's jobs some may wait beside its list: those that are parked, those before the list,
 * and those behind it.
 */
const SECTIONS = ["parked", "before", "list", "behind"] as const;
type Section = (typeof SECTIONS)[number];

/** Bytes that stand before a payload in a lane. */
const POSITION = 17;

interface QueueRequest extends PageRequest {
  readonly queue: string;
}

/** How many jobs there are. */
export async function sizeOfQueue(
  { keys, command }: RedisContext,
  { queue, parked }: QueuePlace,
): Promise<number> {
  const counts = await Promise.all([
    parked === true ? 0 : unlessOther(command("LLEN", keys.queue(queue)), 0),
    parked === true ? 0 : unlessOther(command("ZCARD", keys.lane(queue)), 0),
    parked === false ? 0 : unlessOther(command("ZCARD", keys.parked(queue)), 0),
  ]);
  return counts.reduce<number>((sum, count) => sum + Number(count), 0);
}

/** A page of a queue, in the order of fetching. */
export async function pageOfQueue(
  context: RedisContext,
  { parked, ...request }: QueueRequest & QueuePlace,
): Promise<Page> {
  if (parked === true) {
    return pageOfParked(context, request);
  }
  const { keys, command } = context;
  const { section, cursor } = readCursor(request.cursor);
  const mayBeAll = section === undefined || section === "list";
  const [standBeside, listed] = await Promise.all([
    command("EXISTS", ...besideList(keys, request.queue, parked)),
    mayBeAll ? unlessOther(pageOfList(context, { ...request, cursor }), NONE) : undefined,
  ]);
  return standBeside === 0 && listed !== undefined
    ? listed
    : pageOfSections(context, request, {
        section: section ?? (parked === false ? "before" : "parked"),
        cursor,
      });
}

/** Keys of what may stand beside a list. */
function besideList(keys: Keys, queue: string, parked: boolean | undefined): readonly string[] {
  return parked === false ? [keys.lane(queue)] : [keys.lane(queue), keys.parked(queue)];
}

const NONE: Page = { jobs: [], cursor: undefined };

async function pageOfSections(
  context: RedisContext,
  { queue, limit }: QueueRequest,
  start: { readonly section: Section; readonly cursor: string | undefined },
): Promise<Page> {
  const jobs: StoredJob[] = [];
  let { cursor } = start;
  for (const section of SECTIONS.slice(SECTIONS.indexOf(start.section))) {
    if (jobs.length === limit) {
      return { jobs, cursor: `${section}:` };
    }
    const request = { queue, cursor, limit: limit - jobs.length };
    const page = await pageOfSection(context, section, request);
    jobs.push(...page.jobs);
    if (page.cursor !== undefined) {
      return { jobs, cursor: section === "list" ? page.cursor : `${section}:${page.cursor}` };
    }
    cursor = undefined;
  }
  return { jobs, cursor: undefined };
}

function pageOfSection(
  context: RedisContext,
  section: Section,
  request: QueueRequest,
): Promise<Page> {
  switch (section) {
    case "parked":
      return pageOfParked(context, request);
    case "list":
      return unlessOther(pageOfList(context, request), NONE);
    default:
      return pageOfLane(context, section, request);
  }
}

/** Of a list's it has no name before it. */
function readCursor(cursor: string | undefined): {
  readonly section: Section | undefined;
  readonly cursor: string | undefined;
} {
  const section = SECTIONS.find((name) => cursor?.startsWith(`${name}:`) === true);
  if (section === undefined) {
    return { section: cursor === undefined ? undefined : "list", cursor };
  }
  const rest = cursor?.slice(section.length + 1);
  return { section, cursor: rest === "" ? undefined : rest };
}

/** A page of what waits beside a list; the cursor is as a set's. */
async function pageOfLane(
  context: RedisContext,
  section: "before" | "behind",
  { queue, cursor, limit }: QueueRequest,
): Promise<Page> {
  const page = { kind: section, queue, cursor, limit };
  const { isCut, members: reply } = await context.run(pageScript, page);
  const members = readScored(reply);
  const payloads = members.map(({ member }) => ({
    payload: member.slice(POSITION),
    at: undefined,
  }));
  // As remove.lua takes it.
  const positions = members.map(({ score, member }) => `${score}/${member.slice(0, POSITION)}`);
  const jobs = await stored(context, payloads, queue);
  return {
    jobs: jobs.map((job, index) => ({ ...job, position: positions[index] })),
    cursor: cursorBehind(members, isCut || members.length === limit),
  };
}

/**
 * A page of a queue's list, from the right. Jobs leave on the right while somebody reads: the
 * cursor holds the last payload seen besides its place, and where that has left as well reading
 * starts over, which shows some twice and misses none.
 */
async function pageOfList(
  context: RedisContext,
  { queue, cursor, limit }: QueueRequest,
): Promise<Page> {
  const page = { kind: "queue", queue, cursor, limit } as const;
  const { seen, isCut, members: reply } = await context.run(pageScript, page);
  const payloads = readTexts(reply);
  const members = payloads.map((payload) => ({ payload, at: undefined }));
  const jobs = await stored(context, members, queue);
  const last = payloads.at(-1);
  const isMore = (isCut || payloads.length === limit) && last !== undefined;
  return {
    jobs: jobs.map((job, index) => ({ ...job, depth: seen + index })),
    cursor: isMore ? `${seen + payloads.length}:${last}` : undefined,
  };
}
