import type { Page, Place, QueuePlace, SetName, StoredJob } from "../../job-store.ts";
import type { Row } from "../connection/database.ts";
import type { PostgresContext } from "../postgres-context.ts";
import { shownPayload } from "../shown-payload.ts";

/** Numbers of states, as `schema/tables.ts` has them. */
const SETS = { scheduled: 2, retry: 3, blocked: 4, dead: 5 } as const;

/** States of a queue's jobs. */
function statesOf({ parked }: { readonly parked?: boolean | undefined }): readonly number[] {
  return parked === true ? [6] : parked === false ? [0, 7, 8] : [0, 6, 7, 8];
}

const COLUMNS = `j.jid, j.queue, j.payload, j.enqueued_at, j.at, j.priority::float8 AS priority, j.pos::float8 AS pos,
  j.age::float8 AS age, j.state`;
/** The key that it waits for in line, where there may be one. */
const WAITS_FOR =
  "(SELECT coalesce(g.line, g.waiting) FROM @.guard g WHERE g.jid = j.jid AND j.guarded) AS waits_for";

/** Whether finished jobs are meant, which are kept elsewhere. */
function isFinished(place: Place): place is { readonly set: "finished" } {
  return "set" in place && place.set === "finished";
}

/** How many jobs are there. */
export async function sizeOf(place: Place, { query }: PostgresContext): Promise<number> {
  const [row] = isFinished(place)
    ? await query(
        "count jobs",
        "SELECT count(*)::float8 AS n FROM @.finished WHERE until > @.epoch()",
      )
    : "queue" in place
      ? await query(
          "count jobs",
          `SELECT (${statesOf(place)
            .map(
              (state) => `(SELECT count(*) FROM @.job WHERE queue = $1::text AND state = ${state})`,
            )
            .join(" + ")})::float8 AS n`,
          [place.queue],
        )
      : await query(
          "count jobs",
          `SELECT count(*)::float8 AS n FROM @.job WHERE state = ${SETS[place.set as keyof typeof SETS]}`,
        );
  return Number(row?.["n"]);
}

/** A page of a place, in its order. */
export async function pageOf(
  place: Place,
  { cursor, limit }: { readonly cursor: string | undefined; readonly limit: number },
  context: PostgresContext,
): Promise<Page> {
  const rows =
    "queue" in place
      ? await queuePage(place, cursor, limit, context)
      : await setPage(place.set, cursor, limit, context);
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    jobs: rows.map((row) => storedJob(row, context)),
    cursor: last && ("queue" in place ? queueCursor(last) : setCursor(last, place.set)),
  };
}

async function queuePage(
  place: QueuePlace,
  cursor: string | undefined,
  limit: number,
  { query }: PostgresContext,
): Promise<readonly Row[]> {
  const after = cursor?.split(" ").map(Number);
  const beyond =
    after === undefined
      ? ""
      : "AND (priority, pos, age) > ($3::float8::bigint, $4::float8::bigint, $5::float8::bigint)";
  const parts = statesOf(place).map(
    (state) =>
      `(SELECT * FROM @.job WHERE queue = $1::text AND state = ${state} ${beyond} ORDER BY priority, pos, age LIMIT $2::int)`,
  );
  return query(
    "read jobs",
    `SELECT ${COLUMNS}, ${WAITS_FOR} FROM (${parts.join(" UNION ALL ")}) j ORDER BY j.priority, j.pos, j.age LIMIT $2::int`,
    [place.queue, limit, ...(after ?? [])],
  );
}

function queueCursor({ priority, pos, age }: Row): string {
  return `${String(priority)} ${String(pos)} ${String(age)}`;
}

async function setPage(
  set: SetName,
  cursor: string | undefined,
  limit: number,
  { query }: PostgresContext,
): Promise<readonly Row[]> {
  const after = cursor?.split(" ").map(Number);
  if (set === "finished") {
    const before = after === undefined ? "" : "AND (at, pos) < ($2::float8, $3::float8::bigint)";
    return query(
      "read jobs",
      `SELECT jid, queue, payload, NULL AS enqueued_at, at, pos::float8 AS pos FROM @.finished f
        WHERE until > @.epoch() ${before} ORDER BY f.at DESC, f.pos DESC LIMIT $1::int`,
      [limit, ...(after ?? [])],
    );
  }
  if (set === "blocked") {
    const beyond = after === undefined ? "" : "AND j.pos > $2::float8::bigint";
    return query(
      "read jobs",
      `SELECT ${COLUMNS}, ${WAITS_FOR} FROM @.job j WHERE j.state = 4 ${beyond} ORDER BY j.pos LIMIT $1::int`,
      [limit, ...(after === undefined ? [] : [after[1] ?? 0])],
    );
  }
  const [sign, order] = set === "dead" ? ["<", "DESC"] : [">", "ASC"];
  const beyond =
    after === undefined ? "" : `AND (j.at, j.pos) ${sign} ($2::float8, $3::float8::bigint)`;
  return query(
    "read jobs",
    `SELECT ${COLUMNS}, ${WAITS_FOR} FROM @.job j WHERE j.state = ${SETS[set]} ${beyond}
      ORDER BY j.at ${order}, j.pos ${order} LIMIT $1::int`,
    [limit, ...(after ?? [])],
  );
}

function setCursor({ at, pos }: Row, set: string): string {
  return `${set === "blocked" ? 0 : String(at)} ${String(pos)}`;
}

/** Rows of these jobs, wherever they are. */
export async function rowsOf(
  place: Place,
  jids: string,
  { query }: PostgresContext,
): Promise<readonly Row[]> {
  return isFinished(place)
    ? query(
        "read jobs",
        "SELECT jid, queue, payload, NULL AS enqueued_at, at, pos::float8 AS pos FROM @.finished WHERE jid = ANY ($1::text::text[]) AND until > @.epoch()",
        [jids],
      )
    : query(
        "read jobs",
        `SELECT ${COLUMNS}, ${WAITS_FOR} FROM @.job j WHERE j.jid = ANY ($1::text::text[])`,
        [jids],
      );
}

/** Whether a row is in a place. */
export function isIn({ queue, state }: Row, place: Place): boolean {
  if ("queue" in place) {
    return queue === place.queue && statesOf(place).includes(Number(state));
  }
  return isFinished(place) || Number(state) === SETS[place.set as keyof typeof SETS];
}

/** A job as operators see it. */
export function storedJob(row: Row, { settings }: PostgresContext): StoredJob {
  const job = {
    jid: String(row["jid"]),
    queue: String(row["queue"]),
    payload: shownPayload(row["payload"], row["enqueued_at"], settings),
    at: row["at"] == null ? undefined : Number(row["at"]),
  };
  return row["waits_for"] == null ? job : { ...job, waitsFor: row["waits_for"] as string };
}
