import type { Place, Rewriting, StoredJob } from "../../job-store.ts";
import { readInteger, readTexts } from "../connection/read-reply.ts";
import type { RedisContext } from "../redis-context.ts";
import { script, type Script } from "../scripts/script.ts";
import { PARKED } from "../waiting/remove.ts";

/** Jobs that one script deals with at most: about a millisecond of Redis's time. */
const SLICE = 50;
/**
 * How much nearer a job of a list may have come to its turn since it was seen, and how much further
 * away.
 */
const DRIFT = { nearer: 500, further: 50 } as const;

interface Rewritten {
  readonly jid: string;
  readonly before: string;
  readonly after: string;
  readonly position: string;
}

interface Rewrite {
  /** As the script's header says. */
  readonly place: string;
  readonly within: { readonly depth: number; readonly places: number } | undefined;
  readonly jobs: readonly Rewritten[];
}

const rewriteScript: Script<Rewrite, number> = script("rewrite", {
  encode: ({ place, within, jobs }) => [
    place,
    within?.depth ?? "",
    within?.places ?? "",
    ...jobs.flatMap(({ jid, before, after, position }) => [jid, before, after, position]),
  ],
  decode: readInteger,
});

const overridesScript: Script<readonly string[], readonly string[]> = script("overrides", {
  encode: (jids) => jids,
  decode: readTexts,
});

/** Gives jobs other payloads where they are. @returns how many had not left. */
export async function rewriteJobs(
  context: RedisContext,
  place: Place,
  jobs: readonly StoredJob[],
  rewriting: Rewriting,
): Promise<number> {
  let count = 0;
  for (let first = 0; first < jobs.length; first += SLICE) {
    const slice = jobs.slice(first, first + SLICE);
    for (const [name, some] of byStanding(place, slice)) {
      count += await rewrite(context, name, some, rewriting);
    }
    if ("queue" in place) {
      count += await rewriteOverrides(context, slice, rewriting);
    }
  }
  return count;
}

async function rewrite(
  context: RedisContext,
  place: string,
  jobs: readonly StoredJob[],
  rewriting: Rewriting,
): Promise<number> {
  const changed = jobs.flatMap(({ jid = "", payload: before, position = "" }) => {
    const after = rewriting(before);
    return after === undefined ? [] : [{ jid, before, after, position }];
  });
  if (changed.length === 0) {
    return 0;
  }
  const within = place.startsWith("queue:") ? around(jobs) : undefined;
  return context.run(rewriteScript, { place, within, jobs: changed });
}

/** Where jobs of a list may be by now. */
function around(jobs: readonly StoredJob[]): { readonly depth: number; readonly places: number } {
  const depths = jobs.map(({ depth = 0 }) => depth);
  const depth = Math.max(0, Math.min(...depths) - DRIFT.nearer);
  return { depth, places: Math.max(...depths) + 1 + DRIFT.further - depth };
}

/** Jobs of a queue that replaced others, and stand beside them until they are handed out. */
async function rewriteOverrides(
  context: RedisContext,
  jobs: readonly StoredJob[],
  rewriting: Rewriting,
): Promise<number> {
  if ((await context.command("EXISTS", context.keys.overrides)) === 0) {
    return 0;
  }
  const jids = jobs.flatMap(({ jid }) => jid ?? []);
  const found = await context.run(overridesScript, jids);
  const overrides = found.flatMap((payload, index) =>
    payload === "" ? [] : [{ jid: jids[index], queue: "", payload, at: undefined }],
  );
  return rewrite(context, "override", overrides, rewriting);
}

function byStanding(place: Place, jobs: readonly StoredJob[]): Map<string, StoredJob[]> {
  const standings = new Map<string, StoredJob[]>();
  for (const job of jobs) {
    const name = nameOf(place, job);
    standings.set(name, [...(standings.get(name) ?? []), job]);
  }
  return standings;
}

function nameOf(place: Place, { position }: StoredJob): string {
  if ("set" in place) {
    return place.set === "scheduled" ? "schedule" : place.set;
  }
  return position === PARKED
    ? PARKED
    : `${position === undefined ? "queue" : "lane"}:${place.queue}`;
}
