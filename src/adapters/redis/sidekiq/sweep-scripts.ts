import { readInteger, readList, readText, readTexts } from "../connection/read-reply.ts";
import { script, type Script } from "../scripts/script.ts";

/** Whoever sweeps, and seconds from one heartbeat of a Sidekiq process to the next. */
interface Sweeping {
  readonly by: string;
  readonly heartbeat: number;
}

interface Begun {
  /** When, as Redis noted it. */
  readonly began: string;
  /** How many jobs there are. */
  readonly count: number;
  readonly queues: readonly string[];
  /** Queues that have lanes. */
  readonly lanes: readonly string[];
  /** Queues of which jobs are parked. */
  readonly parking: readonly string[];
  /** Identities. */
  readonly leases: readonly string[];
  readonly processes: readonly string[];
}

/**
 * Begins a sweep, and answers `undefined` where there is no reason for one, or another is at it.
 * `seldom`: seconds from one to the next where no job waits for another.
 */
export const beginSweepScript: Script<Sweeping & { readonly seldom: number }, Begun | undefined> =
  script("begin-sweep", {
    encode: ({ by, heartbeat, seldom }) => [by, heartbeat, seldom],
    decode: (reply) => {
      const [began, count, queues, leases, processes, lanes, parking] = readList(reply);
      return began === undefined
        ? undefined
        : {
            began: readText(began),
            count: readInteger(count),
            queues: readTexts(queues),
            lanes: readTexts(lanes),
            parking: readTexts(parking),
            leases: readTexts(leases),
            processes: readTexts(processes),
          };
    },
  });

export interface Place {
  readonly kind: "queue" | "lane" | "parked" | "schedule" | "retry" | "dead" | "lease" | "work";
  /** Of a queue; of a lease or a Sidekiq process its identity. */
  readonly name?: string;
}

interface Slice extends Sweeping {
  readonly place: Place;
  /** "0" at first. */
  readonly cursor: string;
  /** About how many jobs. */
  readonly size: number;
}

interface Survey {
  /** Where the next slice begins; "" where there is none. */
  readonly next: string;
  readonly jids: readonly string[];
  /** Of those whose jid is not plain. */
  readonly payloads: readonly string[];
  /** Entries of what a Sidekiq process runs. */
  readonly work: readonly string[];
}

/** Tells which jobs are in a slice of a place; `undefined` where another process sweeps now. */
export const surveyScript: Script<Slice, Survey | undefined> = script("survey", {
  encode: ({ by, heartbeat, place: { kind, name = "" }, cursor, size }) => {
    return [by, heartbeat, kind, name, cursor, size];
  },
  decode: (reply) => {
    const [next, jids, payloads, work] = readList(reply);
    return next === undefined
      ? undefined
      : {
          next: readText(next),
          jids: readTexts(jids),
          payloads: readTexts(payloads),
          work: readTexts(work),
        };
  },
});

/** Takes jobs that were seen nowhere, and answers how many are over. */
export const absentScript: Script<Sweeping & { readonly jids: readonly string[] }, number> = script(
  "absent",
  {
    encode: ({ by, heartbeat, jids }) => [by, heartbeat, heartbeat, ...jids],
    decode: readInteger,
  },
);

/** What became of Ruby's jobs that ours wait for. */
interface Watched extends Sweeping {
  /** When the sweep began, once all that it has seen was noted; "" before. */
  readonly began: string;
  readonly jobs: readonly (readonly [jid: string, where: "seen" | "dead"])[];
}

/** Notes what was seen, and answers how many of those jobs are over. */
export const watchedScript: Script<Watched, number> = script("watched", {
  encode: ({ by, heartbeat, began, jobs }) => [
    by,
    heartbeat,
    began,
    ...jobs.flatMap(([jid, where]) => [where, jid]),
  ],
  decode: readInteger,
});
