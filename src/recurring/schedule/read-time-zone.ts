import { nearest } from "../../support/nearest.ts";
import type { Piece, SourceText } from "./source-text.ts";
import { TimeZone } from "./time-zone.ts";

/** The zone that a part of a schedule names. */
export function readTimeZone(piece: Piece, source: SourceText): TimeZone {
  const zone = TimeZone.named(piece.text);
  if (zone === undefined) {
    throw source.refuse(piece, "is no time zone", zonesLike(piece.text));
  }
  return zone;
}

export function isTimeZone(name: unknown): boolean {
  return typeof name === "string" && TimeZone.named(name) !== undefined;
}

/** What to write in the place of a name that is no time zone's. */
export function zonesLike(name: string): string {
  const names = Intl.supportedValuesOf("timeZone");
  const city = name.replaceAll(/\s+/g, "_").toLowerCase();
  const meant =
    names.find((each) => each.toLowerCase().endsWith(`/${city}`)) ?? nearest(name, names);
  const named = meant === undefined ? "" : `. Did you mean "${meant}"?`;
  return `Write a name such as "Europe/Amsterdam", "UTC" or an offset such as "+05:30"${named}`;
}
