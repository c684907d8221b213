import { randomBytes } from "node:crypto";

const LENGTH = 12;

/**
 * Short, since each job's record says it: letters and digits, 62 bits of randomness. Not to begin
 * with a sign matters on a command line.
 */
export function newBatchId(): string {
  return randomBytes(8).readBigUInt64BE().toString(36).padStart(LENGTH, "0").slice(-LENGTH);
}
