import type { Unsuccessful } from "../../ends.ts";

/**
 * How a job ended, as the scripts call it (`finish` in shared/ends.lua): "f" is a success, "t" a
 * dead job that was trimmed.
 */
export type Fate = "f" | "d" | "x" | "c" | "e" | "r" | "t";

const ENDS: Readonly<Record<Exclude<Fate, "f">, Unsuccessful>> = {
  d: "dead",
  x: "discarded",
  c: "cancelled",
  e: "expired",
  r: "deleted",
  t: "dead",
};

/** @returns `undefined` for a success, and for what is no fate. */
export function endOf(fate: string): Unsuccessful | undefined {
  return (ENDS as Readonly<Record<string, Unsuccessful | undefined>>)[fate];
}

const FATES = { discarded: "x", cancelled: "c", expired: "e" } as const;

/** @param ended `undefined` for a success. */
export function fateOf(ended: keyof typeof FATES | undefined): Fate {
  return ended === undefined ? "f" : FATES[ended];
}
