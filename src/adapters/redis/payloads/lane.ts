import { readRecord, type JobRecord } from "../../job-record.ts";

/**
 * Where a job waits beside its queue's list, as the scripts take it: "" for in the list, its
 * priority, or, where its key takes turns, PRIORITY:KEY, the key as JSON has it.
 */
export type Lane = number | string;

export function laneOf(record: Pick<JobRecord, "priority" | "fair_key"> | undefined): Lane {
  const { priority = 0, fair_key: key } = record ?? {};
  const rank = Number.isSafeInteger(priority) ? priority : 0;
  return laneWith(rank, typeof key === "string" && key !== "" ? key : undefined);
}

/** What a payload says; most say nothing, and are not read. */
export function laneIn(payload: string): Lane {
  return payload.includes('"priority":') || payload.includes('"fair_key":')
    ? laneOf(readRecord(payload))
    : "";
}

export function laneWith(priority: number, key: string | undefined): Lane {
  return key === undefined ? priority || "" : `${priority}:${JSON.stringify(key).slice(1, -1)}`;
}
