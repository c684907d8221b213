import { isOwnJid } from "../../../support/jid.ts";
import { readBatchEvent } from "../../batches.ts";

/** Whether a prerequisite may be a job of Ruby's: neither one of ours, nor a batch. */
export function mayBeRubys(prereq: string): boolean {
  return !isOwnJid(prereq) && readBatchEvent(prereq) === undefined;
}
