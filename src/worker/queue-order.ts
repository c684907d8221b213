import { describe } from "../job/checks/checks.ts";
import { ConfigurationError } from "../support/errors.ts";

/**
 * Which queues a worker serves, and in which order.
 *
 * - `"*"`: every queue there is, also those that come into being later, in random order.
 * - `["critical", "default"]`: strictly; `default` only while `critical` is empty.
 * - `["critical", "beta*", "*"]`: a star stands for all queues that begin so, also those that come
 *   into being later, in random order. Each queue stands where the entry is that fits it best: the
 *   one with its own name, else the longest. So `"*"` is all others, wherever it stands.
 * - `[["critical", 6], ["default", 4]]`: a random order for each fetch, in which `critical` comes
 *   first six times out of ten. No queue starves. An entry with a star has its weight for all its
 *   queues together.
 *
 * As in Sidekiq, a name alone has weight 0. Where all weights are 0 the order is strict; where some
 * are not, 0 counts as 1.
 */
export type Queues = "*" | readonly QueueWeight[];

/** A queue by its name, or by its name and how often, in proportion, it comes first. */
export type QueueWeight = string | readonly [name: string, weight: number];

export interface QueueOrder {
  /** As operators see it. */
  readonly weights: readonly (readonly [string, number])[];
  /**
   * Names in the order to look this time, some of which may end in a star; `undefined` for every
   * queue there is.
   */
  next(): readonly string[] | undefined;
}

/** @throws {ConfigurationError} if `queues` is none of these forms. */
export function queueOrder(queues: Queues, random: () => number = Math.random): QueueOrder {
  if (queues === "*") {
    return { weights: [["*", 1]], next: () => undefined };
  }
  const weights = readWeights(queues);
  const names = weights.map(([name]) => name);
  if (names.length === 1 && names[0] === "*") {
    return { weights, next: () => undefined };
  }
  if (weights.every(([, weight]) => weight === 0)) {
    return { weights, next: () => names };
  }
  return { weights, next: () => weightedOrder(weights, random) };
}

/** As they are typed after `--queue`. */
export function shownQueues(weights: QueueOrder["weights"]): string[] {
  const isAll = weights.length === 1 && weights[0]?.[0] === "*";
  return weights.map(([name, weight]) => (weight === 0 || isAll ? name : `${name},${weight}`));
}

/**
 * Drawing without replacement, each time by weight: the smallest of exponentially distributed
 * numbers, each divided by its weight. Sidekiq shuffles every name repeated weight times and takes
 * the first of each, which is the same distribution.
 */
function weightedOrder(weights: QueueOrder["weights"], random: () => number): string[] {
  return weights
    .map(([name, weight]) => ({ name, drawn: -Math.log(1 - random()) / Math.max(weight, 1) }))
    .sort((one, other) => one.drawn - other.drawn)
    .map(({ name }) => name);
}

function readWeights(queues: unknown): [string, number][] {
  if (!Array.isArray(queues)) {
    throw wrong(describe(queues), "it is no list");
  }
  if (queues.length === 0) {
    throw wrong("an empty list", "it names no queue");
  }
  const weights = queues.map((entry) => readWeight(entry));
  const names = weights.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw wrong("a list", `it names "${twice}" twice`);
  }
  return weights;
}

function readWeight(entry: unknown): [string, number] {
  if (typeof entry === "string") {
    return [readName(entry), 0];
  }
  if (!Array.isArray(entry) || entry.length !== 2) {
    throw wrong(
      "a list",
      `one entry is ${describe(entry)}, neither a name nor a name and its weight`,
    );
  }
  const [name, weight] = entry as [unknown, unknown];
  if (!Number.isSafeInteger(weight) || (weight as number) < 0) {
    throw wrong(
      "a list",
      `the weight of ${describe(name)} is ${describe(weight)}, no integer from 0 up`,
    );
  }
  return [readName(name), weight as number];
}

function readName(name: unknown): string {
  // "critical,6" is how Sidekiq's command line writes a weight, and no queue anybody has.
  if (typeof name !== "string" || !/^[^\s,]+$/.test(name)) {
    throw wrong("a list", `${describe(name)} is not the name of a queue`);
  }
  if (name.slice(0, -1).includes("*")) {
    throw wrong("a list", `"${name}" has a star before its end`);
  }
  return name;
}

function wrong(what: string, why: string): ConfigurationError {
  return new ConfigurationError(
    `Cannot serve queues as given by ${what}: ${why}. ` +
      'Write "*", or names in strict order such as ["critical", "default"], ' +
      'or names and weights such as [["critical", 6], ["default", 4]]; "beta*" stands for all that begin so',
  );
}
