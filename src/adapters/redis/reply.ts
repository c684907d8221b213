import type { Reply } from "./connection.ts";

export interface Scored {
  readonly member: string;
  /** As Redis prints it. */
  readonly score: string;
  readonly at: number;
}

/** Members with scores: one flat list over RESP2, pairs over RESP3. */
export function readScored(reply: Reply): Scored[] {
  const flat = (reply as readonly Reply[]).flat() as (string | number)[];
  const scored: Scored[] = [];
  for (let index = 0; index < flat.length; index += 2) {
    const score = String(flat[index + 1]);
    scored.push({ member: String(flat[index]), score, at: Number(score) });
  }
  return scored;
}
