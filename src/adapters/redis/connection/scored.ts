import type { Reply } from "./reply-reader.ts";

export interface Scored {
  readonly member: string;
  /** As Redis sent it. */
  readonly score: string;
  readonly at: number;
}

/** Redis writes "inf" and "-inf", and so may anybody have. */
function numberOf(score: string): number {
  return /^[-+]?inf/.test(score) ? (score.startsWith("-") ? -Infinity : Infinity) : Number(score);
}

/** Members, each with its score behind it. */
export function readScored(reply: Reply): Scored[] {
  const members = reply as readonly string[];
  const scored: Scored[] = [];
  for (let at = 0; at < members.length; at += 2) {
    const [member = "", score = ""] = members.slice(at, at + 2);
    scored.push({ member, score, at: numberOf(score) });
  }
  return scored;
}
