import type { Page, Place, QueuePlace, StoredJob, WaitingSet } from "../../job-store.ts";
import { payloadOf, STATES, type JobRow, type State } from "../jobs/job.ts";
import { SET_STATES } from "../jobs/places.ts";
import type { Context } from "../store/context.ts";

/** Places of jobs that are not over. */
export type JobPlace = QueuePlace | { readonly set: WaitingSet };

/** Whether its jobs are not over: those that are have a table of their own. */
export function isOfJobs(place: Place): place is JobPlace {
  return !("set" in place) || place.set !== "finished";
}

type Listed = Pick<
  JobRow,
  "jid" | "queue" | "payload" | "stamp" | "at" | "rank" | "ord" | "age"
> & {
  readonly line: string | null;
};

/** Reads jobs page by page, in the order of their places. */
export class Pages {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  size(place: JobPlace): number {
    if ("queue" in place && place.parked === undefined) {
      return this.#context.sizeOf(place.queue);
    }
    return statesOf(place).reduce<number>((sum, state) => sum + this.#count(place, state), 0);
  }

  page(place: JobPlace, cursor: string | undefined, limit: number): Page {
    const newestFirst = "set" in place && place.set === "dead";
    const states = statesOf(place);
    const rows = states.flatMap((state) =>
      this.#read(place, { state, cursor, limit, newestFirst }),
    );
    if (states.length > 1) {
      rows.sort(inOrder);
    }
    const listed = rows.slice(0, limit);
    const last = listed.length === limit ? listed.at(-1) : undefined;
    return {
      jobs: listed.map(stored),
      cursor: last && `${last.rank} ${last.ord} ${last.age}`,
    };
  }

  find(place: JobPlace, jid: string): StoredJob | undefined {
    const row = this.#context.get<Listed & Pick<JobRow, "state">>(
      `SELECT ${COLUMNS}, state FROM job LEFT JOIN key ON key.id = job.line WHERE jid = ?`,
      jid,
    );
    const isThere =
      row !== undefined &&
      statesOf(place).includes(row.state) &&
      (!("queue" in place) || row.queue === place.queue);
    return isThere ? stored(row) : undefined;
  }

  #count(place: JobPlace, state: State): number {
    const [where, ...values] = clauseOf(place, state);
    const row = this.#context.get<{ size: number }>(
      `SELECT COUNT(*) AS size FROM job WHERE ${where}`,
      ...values,
    );
    return row?.size ?? 0;
  }

  #read(
    place: JobPlace,
    {
      state,
      cursor,
      limit,
      newestFirst,
    }: {
      readonly state: State;
      readonly cursor: string | undefined;
      readonly limit: number;
      readonly newestFirst: boolean;
    },
  ): Listed[] {
    const [where, ...values] = clauseOf(place, state);
    const sign = newestFirst ? "<" : ">";
    const from = newestFirst ? Infinity : -Infinity;
    const [rank = from, ord = from, age = from] = cursor?.split(" ").map(Number) ?? [];
    const direction = newestFirst ? "DESC" : "ASC";
    return this.#context.all<Listed>(
      `SELECT ${COLUMNS} FROM job LEFT JOIN key ON key.id = job.line
         WHERE ${where} AND (rank, ord, age) ${sign} (?, ?, ?) ORDER BY rank ${direction}, ord ${direction}, age ${direction} LIMIT ?`,
      ...values,
      rank,
      ord,
      age,
      limit,
    );
  }
}

const COLUMNS = "jid, queue, payload, stamp, at, rank, ord, age, key.name AS line";

/** The states of a place's jobs. */
export function statesOf(place: JobPlace): readonly State[] {
  if ("set" in place) {
    return [SET_STATES[place.set]];
  }
  const others = place.parked === true ? [] : [STATES.ready, STATES.fair];
  return place.parked === false ? others : [...others, STATES.parked];
}

/** Where a place's jobs of one state are, as a clause and its values. */
function clauseOf(place: JobPlace, state: State): readonly [string, ...string[]] {
  return "queue" in place ? [`queue = ? AND state = ${state}`, place.queue] : [`state = ${state}`];
}

function stored(row: Listed): StoredJob {
  const { jid, queue, at, line } = row;
  const job = { jid, queue, payload: payloadOf(row), at: at ?? undefined };
  return line === null ? job : { ...job, waitsFor: line };
}

function inOrder(one: Listed, other: Listed): number {
  return one.rank - other.rank || one.ord - other.ord || one.age - other.age;
}
