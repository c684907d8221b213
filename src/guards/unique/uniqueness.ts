import type { Hold } from "../../adapters/hold.ts";
import { describe } from "../../job/checks/checks.ts";
import {
  declarationsOf,
  defineTrait,
  type Declarations,
  type Trait,
} from "../../job/declare/declarations.ts";
import type { Hooks, Making } from "../../job/declare/hooks.ts";
import { wireName, type RunnableClass } from "../../job/declare/registry.ts";
import { keyMaker, type KeySource } from "../key.ts";
import { DuplicateJobError } from "./duplicate-job-error.ts";
import { UNIQUE } from "./unique-key.ts";

/** What makes one job of several that are alike. */
export interface Uniqueness extends KeySource {
  /** When another may come. */
  readonly until: "finished" | "fetched" | "time";
  readonly onConflict: "skip" | "raise" | "replace";
  /** Classes whose keys it needs, too. */
  readonly across: readonly RunnableClass[];
  /** After which the key is free, whatever becomes of the job. */
  readonly seconds?: number | undefined;
  /** For which a job waits whose call does not say when it is due. */
  readonly wait?: number | undefined;
  /** After which it is due at the latest, however often it is replaced. */
  readonly dueWithin?: number | undefined;
}

/** The options of one `defer`. */
export interface UniqueCallOptions {
  /** `false`: this job is enqueued whatever is there, and holds no key. */
  readonly unique?: false | undefined;
  /**
   * What this job is about, in place of what `by` would return. It makes a job unique whose class
   * does not say so.
   */
  readonly uniqueKey?: string | undefined;
}

/** `false`: not this one job. */
export const uniqueTrait: Trait<Uniqueness | false | undefined> = defineTrait<
  Uniqueness | false | undefined
>({
  name: "unique",
  undeclared: undefined,
  option: { name: "unique", read: readUnique },
  hooks: (uniqueness, declarations) => {
    const key = uniqueKeyTrait.of(declarations);
    if (key === undefined) {
      return uniqueness ? hooksOf(uniqueness, declarations) : undefined;
    }
    return uniqueness === false
      ? { onMake: refuseBoth }
      : hooksOf({ ...(uniqueness ?? UNIQUE_JOBS), by: () => key }, declarations);
  },
});

/** As `this.unique()` declares it. */
export const UNIQUE_JOBS: Uniqueness = {
  macro: "unique",
  by: undefined,
  until: "finished",
  onConflict: "skip",
  across: [],
};

/** Of a class, as records are: see `NewRecord`. */
class UniqueHold implements Hold {
  readonly key: string;
  readonly from = "enqueue";
  readonly until: Hold["until"];
  readonly whenFull: Hold["whenFull"];
  readonly seconds?: number;
  readonly dueWithin?: number;

  constructor(key: string, { until, whenFull, seconds, dueWithin }: Rule) {
    this.key = key;
    this.until = until;
    this.whenFull = whenFull;
    if (seconds !== undefined) this.seconds = seconds;
    if (dueWithin !== undefined) this.dueWithin = dueWithin;
  }
}

interface Rule extends Pick<Uniqueness, "until" | "seconds" | "dueWithin"> {
  readonly whenFull: Hold["whenFull"];
}

/** Of one call. */
const uniqueKeyTrait: Trait<string | undefined> = defineTrait<string | undefined>({
  name: "uniqueKey",
  undeclared: undefined,
  option: { name: "uniqueKey", read: readUniqueKey },
});

function hooksOf(uniqueness: Uniqueness, declarations: Declarations): Hooks {
  const { until, onConflict, seconds, dueWithin, across, wait } = uniqueness;
  const textOf = keyMaker(uniqueness, declarations);
  const whenFull = onConflict === "replace" ? "replace" : "refuse";
  const rule: Rule = { until, whenFull, seconds, dueWithin };
  return {
    wait,
    onMake(making) {
      const text = textOf(making);
      if (across.length === 0) {
        making.holds.push(new UniqueHold(`${UNIQUE}${making.className}:${text}`, rule));
        return;
      }
      for (const name of namesOf(making, across)) {
        making.holds.push(new UniqueHold(`${UNIQUE}${name}:${text}`, rule));
      }
    },
    onRefused:
      onConflict === "raise"
        ? ({ className }, duplicate) => {
            throw new DuplicateJobError(className, duplicate);
          }
        : undefined,
  };
}

function namesOf({ className }: Making, across: readonly RunnableClass[]): Iterable<string> {
  for (const other of across) {
    if (uniqueTrait.of(declarationsOf(other)) === undefined) {
      const name = wireName(other);
      throw new TypeError(
        `Cannot use ${name} as across in unique of ${className}: it has no keys. Declare unique in ${name}, too`,
      );
    }
  }
  return new Set([className, ...across.map(wireName)]);
}

function readUnique(given: unknown, where: string): false {
  if (given !== false) {
    throw new TypeError(
      `Cannot use ${describe(given)} as unique of ${where}: give false, and declare all else in its class`,
    );
  }
  return given;
}

function readUniqueKey(given: unknown, where: string): string {
  if (typeof given !== "string" || given === "") {
    const found = given === "" ? "an empty text" : describe(given);
    throw new TypeError(
      `Cannot use ${found} as uniqueKey of ${where}: give a text that is not empty`,
    );
  }
  return given;
}

function refuseBoth({ className }: Making): never {
  throw new TypeError(
    `Cannot defer ${className} with both unique: false and uniqueKey: give one of them`,
  );
}
