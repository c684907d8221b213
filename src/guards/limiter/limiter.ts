import { checkFunction, checkOptionNames, describe } from "../../job/checks/checks.ts";
import { fullName, type LimiterKind } from "./limiter-kind.ts";
import { enter, leave, type Limits } from "./passing.ts";

/** How one call goes within a limiter. */
export interface WithinOptions {
  /**
   * Ends the waiting, which rejects with its reason once it is aborted. @default that of the job
   * around, if there is one
   */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Lets code go on as often as it may, in all processes that share a store. Made by `limiter`; to
 * make one takes nothing from the store.
 */
export class Limiter {
  /** As it was given. */
  readonly name: string;
  /** How it limits. */
  readonly kind: LimiterKind;
  readonly #limits: Limits;

  /** @internal */
  constructor(limits: Limits) {
    this.name = limits.name;
    this.kind = limits.kind;
    this.#limits = limits;
  }

  /**
   * Calls `work` once the limiter lets it, and waits for that up to its `wait`.
   *
   * @returns what `work` does.
   * @throws {OverLimitError} if it was full for so long. In a job let it pass: the job is put back.
   * @throws {AdapterError} if the store does not answer.
   * @throws the signal's reason, once that is aborted while it waits.
   */
  async within<Output>(work: () => Output, options: WithinOptions = {}): Promise<Awaited<Output>> {
    const where = `within of ${fullName(this.kind, this.name)}`;
    checkFunction(work, where);
    checkOptionNames(options, ["signal"], `the options of ${where}`);
    const entry = await enter(this.#limits, options.signal);
    try {
      return await work();
    } finally {
      await leave(this.#limits, entry);
    }
  }
}

/** How one call goes within a limiter of points. */
export interface PointsWithinOptions extends WithinOptions {
  /** How many points it will cost, as far as is known before. @default 1 */
  readonly estimate?: number | undefined;
}

/** One call within a limiter of points. */
export interface Points {
  /**
   * Says what the call did cost. What was estimated beyond that is given back when `work` has
   * ended, and what it cost beyond the estimate is spent.
   */
  used(points: number): void;
}

/** As `Limiter`, where each call costs as many points as it says. */
export class PointsLimiter {
  /** As it was given. */
  readonly name: string;
  /** How it limits. */
  readonly kind = "points";
  readonly #limits: Limits;
  readonly #size: number;

  /** @internal */
  constructor(limits: Limits, size: number) {
    this.name = limits.name;
    this.#limits = limits;
    this.#size = size;
  }

  /**
   * Calls `work` once there are as many points as it will cost, and waits for that up to the
   * limiter's `wait`.
   *
   * @returns what `work` does.
   * @throws {OverLimitError} if there were too few for so long. In a job let it pass: the job is
   *   put back.
   * @throws {RangeError} if `estimate` is more than the limiter ever has.
   * @throws {AdapterError} if the store does not answer.
   * @throws the signal's reason, once that is aborted while it waits.
   */
  async within<Output>(
    work: (points: Points) => Output,
    options: PointsWithinOptions = {},
  ): Promise<Awaited<Output>> {
    const where = `within of ${fullName(this.kind, this.name)}`;
    checkFunction(work, where);
    checkOptionNames(options, ["signal", "estimate"], `the options of ${where}`);
    const { estimate = 1, signal } = options;
    checkPoints(estimate, `estimate of ${where}`, this.#size);
    let used = estimate;
    const points: Points = {
      used(actual) {
        checkPoints(actual, `what a call ${where} used`);
        used = actual;
      },
    };
    const entry = await enter(this.#limits, signal, estimate);
    try {
      return await work(points);
    } finally {
      await leave(this.#limits, entry, estimate - used);
    }
  }
}

function checkPoints(points: unknown, where: string, most = Infinity): void {
  if (typeof points !== "number" || !(points >= 0 && points <= most) || points === Infinity) {
    const bound = most === Infinity ? "from 0 on" : `from 0 to its size, ${most}`;
    throw new RangeError(`Cannot use ${describe(points)} as ${where}: give a number ${bound}`);
  }
}
