import type { Hold } from "../../adapters/hold.ts";
import { describe } from "../../job/checks/checks.ts";
import { usualBurst } from "../../job/checks/limit-numbers.ts";
import { defineTrait, type Declarations, type Trait } from "../../job/declare/declarations.ts";
import type { Making } from "../../job/declare/hooks.ts";
import { settings } from "../../job/settings/settings.ts";
import { ConfigurationError } from "../../support/errors.ts";
import { leaveAlone } from "../../support/leave-alone.ts";
import { isThenable } from "../../support/realms.ts";
import { thrownName } from "../../support/thrown.ts";
import { keyMaker } from "../key.ts";
import { isSameLimit, type DeclaredLimit } from "./declared-limit.ts";
import { InvalidLimitError } from "./limit-error.ts";

/** A class's limits: its parents' first, but for those that it declares itself. */
export const limitsTrait: Trait<readonly DeclaredLimit[]> = defineTrait<readonly DeclaredLimit[]>({
  name: "limits",
  undeclared: [],
  inherit: (inherited, own) => [
    ...inherited.filter((before) => !own.some((limit) => isSameLimit(before, limit))),
    ...own,
  ],
  hooks(limits, declarations) {
    const some = limits.flatMap((limit) =>
      limit.to === Infinity ? [] : [new CountedLimit(limit, declarations)],
    );
    return some.length === 0 ? undefined : { onMake: (making) => addHolds(making, some) };
  },
});

function addHolds(making: Making, limits: readonly CountedLimit[]): void {
  const { adapter } = settings();
  if (!adapter.capabilities.holds) {
    throw new ConfigurationError(
      `Cannot limit ${making.className}: adapter "${adapter.name}" keeps no holds. Use one that does, such as Redis's`,
    );
  }
  for (const limit of limits) {
    const hold = limit.holdOf(making);
    if (hold !== undefined) making.holds.push(hold);
  }
}

/** A limit of one class, as its jobs meet it. */
class CountedLimit {
  readonly #limit: DeclaredLimit;
  /** Before what `by` makes of the arguments: "limit:stripe" is the reason "limit stripe". */
  readonly #kind: string;
  readonly #textOf: ((making: Making) => string) | undefined;
  #latest: Hold | undefined;

  constructor(limit: DeclaredLimit, declarations: Declarations) {
    const { macro, by } = limit;
    this.#limit = limit;
    this.#kind = macro === "limitRate" ? "rate" : "limit";
    this.#textOf = by && keyMaker({ macro, by }, declarations);
  }

  /** @returns `undefined` of a job that is not limited. */
  holdOf(making: Making): Hold | undefined {
    const { to: declared, group = making.className } = this.#limit;
    const to = typeof declared === "number" ? declared : mostFor(making, this.#limit);
    if (to === Infinity) {
      return undefined;
    }
    const counted = `${this.#kind}:${group}`;
    const key = this.#textOf === undefined ? counted : `${counted}:${this.#textOf(making)}`;
    // Many jobs that follow one another have the same.
    const latest = this.#latest;
    return latest?.key === key && (latest.rate ?? latest).to === to
      ? latest
      : (this.#latest = holdOn(key, to, this.#limit));
  }
}

function holdOn(key: string, to: number, limit: DeclaredLimit): Hold {
  const whenFull = limit.onLimit === "discard" ? "refuse" : "park";
  if (limit.macro === "limitConcurrency") {
    return { key, from: "fetch", until: "settled", whenFull, to };
  }
  const { seconds, burst = usualBurst(to) } = limit;
  return { key, from: "fetch", until: "fetched", whenFull, rate: { to, seconds, burst } };
}

const REMEDY = "Return an integer of at least 1 at once, or Infinity for no limit";

function mostFor(making: Making, limit: DeclaredLimit): number {
  let to: unknown;
  try {
    to = (limit.to as (...args: readonly unknown[]) => unknown)(...making.args);
  } catch (error) {
    const problem = `threw ${thrownName(error)}`;
    const remedy = "It is called with what defer was given: have it cope with that";
    throw new InvalidLimitError(making, limit, { problem, remedy, cause: error });
  }
  if (isThenable(to)) {
    leaveAlone(to);
  }
  if (to !== Infinity && !(Number.isSafeInteger(to) && (to as number) >= 1)) {
    const found = typeof to === "string" ? "a string" : describe(to);
    throw new InvalidLimitError(making, limit, { problem: `returned ${found}`, remedy: REMEDY });
  }
  return to as number;
}
