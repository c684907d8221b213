import { readRecord, type JobRecord } from "../../job-record.ts";

/** As the scripts take it: "" for none, since 0 is a queue's list. */
export type Priority = number | "";

export function priorityOf(record: Pick<JobRecord, "priority"> | undefined): Priority {
  const { priority = 0 } = record ?? {};
  return Number.isSafeInteger(priority) && priority !== 0 ? priority : "";
}

/** What a payload says; most say nothing, and are not read. */
export function priorityIn(payload: string): Priority {
  return payload.includes('"priority":') ? priorityOf(readRecord(payload)) : "";
}
