/** How limiters limit. */
export const KINDS = ["concurrent", "bucket", "window", "leaky", "points"] as const;

/** How a limiter limits. */
export type LimiterKind = (typeof KINDS)[number];

/** What keys of limiters begin with. */
export const LIMITER = "limiter:";

/** The key in the store. */
export function keyOf(kind: LimiterKind, name: string): string {
  return `${LIMITER}${kind}:${name}`;
}

/** For messages. */
export function fullName(kind: LimiterKind, name: string): string {
  return `limiter.${kind}("${name}")`;
}
