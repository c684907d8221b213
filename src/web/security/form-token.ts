import { timingSafeEqual } from "node:crypto";
import type { Site } from "../site.ts";

const DAY_MS = 86_400_000;

/** What a form of somebody's carries where there is a secret: it is good until the day after. */
export function tokenOf({ sealer }: Site, actor: string, now: number = Date.now()): string {
  return sealer.sign(`form ${Math.floor(now / DAY_MS)} ${actor}`);
}

export function isToken(site: Site, actor: string, given: string): boolean {
  const now = Date.now();
  return [now, now - DAY_MS].some((at) => isSame(tokenOf(site, actor, at), given));
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
