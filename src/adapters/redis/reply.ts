import type { Reply } from "./connection.ts";

export interface Scored {
  readonly member: string;
  /** As Redis sent it: a text over RESP2, a number over RESP3. */
  readonly score: string | number;
  readonly at: number;
}

/** Members with scores: one flat list over RESP2, pairs over RESP3. */
export function readScored(reply: Reply): Scored[] {
  const members = reply as readonly (string | number | readonly [string, number])[];
  const scored: Scored[] = [];
  for (let index = 0; index < members.length; index += 1) {
    const member = members[index] ?? "";
    const [text, score] =
      typeof member === "object" ? member : [String(member), members[(index += 1)] as string];
    scored.push({ member: text, score, at: Number(score) });
  }
  return scored;
}
