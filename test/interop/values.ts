import {
  RubyBigDecimal,
  RubyDate,
  RubyDuration,
  RubyFloat,
  RubyModule,
  RubyRange,
  RubySymbol,
} from "../../src/serialization/ruby-values.ts";
import { LineItem, Post, User } from "./ours.ts";

/** A value as both sides can say it: what Ruby's `Interop.describe` and ours come to. */
export type Said = unknown;

/** What Ruby says of a value, without what JavaScript cannot tell: a Time from a DateTime, a key's kind. */
export function saidByRuby(described: unknown): Said {
  if (Array.isArray(described)) {
    return described.map(saidByRuby);
  }
  if (typeof described !== "object" || described === null) {
    return described;
  }
  const value = described as Record<string, unknown>;
  const time = value["time"] ?? value["datetime"] ?? value["time_with_zone"];
  const pairs = value["hash"] ?? value["indifferent"];
  if (time !== undefined) return { time: Date.parse(time as string) };
  if (pairs !== undefined) return saidOfPairs(pairs as [unknown, unknown][]);
  if (value["float"] !== undefined) return { float: Number(value["float"]) };
  if (value["duration"] !== undefined) {
    return { duration: Number(value["duration"]), parts: value["parts"] };
  }
  if (Array.isArray(value["range"])) {
    return { range: value["range"].map(saidByRuby), excludeEnd: value["exclude_end"] };
  }
  return value;
}

function saidOfPairs(pairs: readonly [unknown, unknown][]): Said {
  const name = (key: unknown): unknown =>
    typeof key === "object" ? (key as { symbol: string }).symbol : key;
  return { hash: pairs.map(([key, value]) => [name(key), saidByRuby(value)]) };
}

/** The same of a value that a job got here, which had asked for exact ones. */
export function said(value: unknown): Said {
  if (Array.isArray(value)) return value.map(said);
  if (value instanceof RubySymbol) return { symbol: String(value) };
  if (value instanceof RubyFloat) return { float: Number(value) };
  if (value instanceof RubyModule) return { module: String(value) };
  if (value instanceof RubyDate) return { date: String(value) };
  if (value instanceof RubyBigDecimal) return { big_decimal: value.text };
  if (value instanceof Date) return { time: value.getTime() };
  if (value instanceof User) return { model: "User", id: value.id };
  if (value instanceof Post) return { model: "Blog::Post", id: value.id };
  if (value instanceof LineItem) return { model: "LineItem", id: value.ids };
  if (typeof value === "number" && !Number.isInteger(value)) return { float: value };
  if (value instanceof RubyDuration) {
    const parts = Object.entries(value.parts).map(([unit, amount]) => [unit, Number(amount)]);
    return { duration: Number(value), parts };
  }
  if (value instanceof RubyRange) {
    return { range: [said(value.begin), said(value.end)], excludeEnd: value.excludeEnd };
  }
  if (typeof value === "object" && value !== null) {
    return { hash: Object.entries(value).map(([key, each]) => [key, said(each)]) };
  }
  return value;
}
