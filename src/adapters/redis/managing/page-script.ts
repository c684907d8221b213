import { readFlag, readInteger, readList } from "../connection/read-reply.ts";
import type { Reply } from "../connection/reply-reader.ts";
import { script, type Script } from "../scripts/script.ts";

export interface PageRequest {
  /** A place, and the last payload behind it. */
  readonly cursor: string | undefined;
  readonly limit: number;
}

interface PageOf extends PageRequest {
  /** "before" and "behind" are the lanes before a queue's list, and behind it. */
  readonly kind: "queue" | "scheduled" | "retry" | "dead" | "before" | "behind";
  /** "" of a set. */
  readonly queue: string;
}

interface ReadPage {
  /** Of a queue, how many jobs are before the first. */
  readonly seen: number;
  /** Not all that was asked for did fit. */
  readonly isCut: boolean;
  /** Payloads, of sets and lanes with their scores in turns. */
  readonly members: Reply | undefined;
}

/** Reads as many jobs as fit into an answer, one at least. */
export const pageScript: Script<PageOf, ReadPage> = script("page", {
  encode: ({ kind, queue, cursor = "", limit }) => {
    const [place = ""] = cursor.split(":", 1);
    return [kind, queue, place, cursor.slice(place.length + 1), limit];
  },
  decode: (reply) => {
    const [seen, isCut, members] = readList(reply);
    return { seen: readInteger(seen), isCut: readFlag(isCut), members };
  },
});
