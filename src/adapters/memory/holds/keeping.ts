import type { Outcome } from "../../outcome.ts";
import type { Position } from "../chunk.ts";
import type { Grip } from "./grip.ts";
import type { HeldKey } from "./held-key.ts";
import type { HeldKeys } from "./held-keys.ts";
import type { JobHolds, Wanted } from "./job-holds.ts";

/** When a job takes its keys, and when it lets go of them. */
export class Keeping<Waiting extends Position> {
  readonly #keys: HeldKeys<Waiting>;

  constructor(keys: HeldKeys<Waiting>) {
    this.#keys = keys;
  }

  take(holds: JobHolds<Waiting>, { hold, key }: Wanted<Waiting>, now: number): void {
    const { jid: holder } = holds;
    const { until: ends, seconds } = hold;
    holds.grips = [...holds.grips, this.#keys.take(key, { holder, ends, seconds, now })];
  }

  /** @param isRun It has its turns then, and is not handed out only to be discarded. */
  handedOut(holds: JobHolds<Waiting>, isRun: boolean, now: number): void {
    const spent: HeldKey<Waiting>[] = [];
    for (const wanted of isRun ? holds.fromFetch : []) {
      const { key } = wanted;
      if (wanted.hold.rate !== undefined) {
        key.tokens?.spend(now);
        spent.push(key);
      } else if (!holds.holdsKey(key)) {
        this.take(holds, wanted, now);
      }
    }
    holds.spent = spent;
    this.#letGo(holds, ({ ends }) => ends === "fetched", now);
  }

  /** It was handed out from a queue that is limited by a key. */
  limited(holds: JobHolds<Waiting>, key: HeldKey<Waiting>, now: number): void {
    if (key.tokens !== undefined) {
      key.tokens.spend(now);
      holds.spent = [...holds.spent, key];
    }
    if (key.to !== Infinity) {
      const grip = this.#keys.take(key, { holder: holds.jid, ends: "settled", now });
      holds.grips = [...holds.grips, grip];
    }
  }

  runEnded(holds: JobHolds<Waiting>, kind: Outcome["kind"], now: number): void {
    const isAttempt = kind === "done" || kind === "retry" || kind === "dead";
    this.#letGo(
      holds,
      ({ ends }) => ends === "settled" || (isAttempt && ends === "attempted"),
      now,
    );
  }

  /**
   * It was handed out, and comes back without having ended.
   *
   * @param isLost Its worker died: it may have run.
   */
  cameBack(holds: JobHolds<Waiting>, isLost: boolean, now: number): void {
    this.#letGo(holds, ({ ends }) => ends === "settled", now);
    const { spent } = holds;
    holds.spent = [];
    for (const key of isLost ? [] : spent) {
      key.tokens?.giveBack();
      this.#keys.changed(key, now);
    }
    for (const wanted of holds.fromEnqueue) {
      const { hold, key } = wanted;
      if (hold.until === "fetched" && !holds.holdsKey(key) && !key.isFull) {
        this.take(holds, wanted, now);
      }
    }
  }

  died(holds: JobHolds<Waiting>, now: number): void {
    for (const grip of holds.grips) {
      const { key, ends } = grip;
      const isHeld = key.holders.get(grip.holder) === grip;
      if (isHeld && (ends === "finished" || ends === "over")) {
        key.hasDied = true;
      }
      if (isHeld && ends === "over" && !grip.isDead) {
        grip.isDead = true;
        key.dead += 1;
        this.#keys.changed(key, now);
      }
    }
    this.#letGo(holds, ({ ends }) => ends !== "over" && ends !== "time", now);
  }

  /** The first that keeps a dead job from coming back. */
  obstacles(holds: JobHolds<Waiting>): HeldKey<Waiting>[] {
    return comingBack(holds)
      .map(({ key }) => key)
      .filter((key) => key.isFull || key.line.size > 0);
  }

  /** A dead job is none any more. */
  revived(holds: JobHolds<Waiting>, now: number): void {
    for (const grip of holds.grips) {
      if (grip.isDead) {
        grip.isDead = false;
        grip.key.dead -= 1;
      }
    }
    for (const wanted of comingBack(holds)) {
      this.take(holds, wanted, now);
    }
  }

  /** The job is over. One that was dead was no success, and is held against it. */
  over(holds: JobHolds<Waiting>, now: number): void {
    this.#letGo(holds, ({ ends, isDead }) => ends !== "time" && !isDead, now);
    this.unname(holds.fromEnqueue, now);
    this.unname(holds.fromFetch, now);
  }

  unname(all: readonly Wanted<Waiting>[], now: number): void {
    for (const { key } of all) {
      key.named -= 1;
      this.#keys.waitingChanged(key, now);
    }
  }

  #letGo(
    holds: JobHolds<Waiting>,
    isOver: (grip: Grip<HeldKey<Waiting>>) => boolean,
    now: number,
  ): void {
    const over = holds.grips.filter(isOver);
    if (over.length > 0) {
      holds.grips = holds.grips.filter((grip) => !isOver(grip));
      over.forEach((grip) => this.#keys.letGo(grip, now));
    }
  }
}

/** What a dead job takes again where it comes back. */
function comingBack<Waiting extends Position>(holds: JobHolds<Waiting>): Wanted<Waiting>[] {
  return holds.fromEnqueue.filter(
    ({ hold, key }) =>
      (hold.waitsFor ?? "free") === "free" &&
      (hold.until === "finished" || hold.until === "fetched" || hold.until === "settled") &&
      !holds.holdsKey(key),
  );
}
