import type { Hold } from "../../hold.ts";
import type { Outcome } from "../../outcome.ts";
import type { Context } from "../store/context.ts";
import type { JobHolds } from "./job-holds.ts";
import type { Key } from "./key.ts";
import type { Grip, Keys } from "./keys.ts";

/** What it takes of a job that holds anything. */
export interface Holding {
  readonly jid: string;
  readonly holds: JobHolds;
}

/** When a job takes its keys, and when it lets go of them. */
export class Keeping {
  readonly #context: Context;
  readonly #keys: Keys;

  constructor(context: Context, keys: Keys) {
    this.#context = context;
    this.#keys = keys;
  }

  take({ jid }: Pick<Holding, "jid">, { key, until, seconds }: Hold): void {
    this.#keys.take(this.#keys.named(key), { holder: jid, jid, ends: until, seconds });
  }

  /** It was handed out, to be run or to be discarded. */
  handedOut(job: Holding): void {
    const { jid, holds } = job;
    const spent: string[] = [];
    for (const hold of holds.isDiscarded ? [] : holds.fromFetch) {
      const key = this.#keys.named(hold.key);
      if (hold.rate !== undefined) {
        key.tokens?.spend(this.#context.now);
        spent.push(key.name);
      } else if (!this.#keys.holds(key, jid)) {
        this.take(job, hold);
      }
    }
    holds.spent = spent;
    this.#letGo(jid, ({ ends }) => ends === "fetched");
  }

  /** It was handed out from a queue that is limited by a key. */
  limited({ jid, holds }: Holding, key: Key): void {
    if (key.tokens !== undefined) {
      key.tokens.spend(this.#context.now);
      holds.spent = [...holds.spent, key.name];
    }
    if (key.to !== Infinity) {
      this.#keys.take(key, { holder: jid, jid, ends: "settled" });
    }
  }

  runEnded(jid: string, kind: Outcome["kind"]): void {
    const isAttempt = kind === "done" || kind === "retry" || kind === "dead";
    this.#letGo(jid, ({ ends }) => ends === "settled" || (isAttempt && ends === "attempted"));
  }

  /**
   * It was handed out, and comes back without having ended.
   *
   * @param isLost Its worker died: it may have run.
   */
  cameBack(job: Holding, isLost: boolean): void {
    const { jid, holds } = job;
    this.#letGo(jid, ({ ends }) => ends === "settled");
    const { spent } = holds;
    holds.spent = [];
    for (const name of isLost ? [] : spent) {
      const key = this.#keys.find(name);
      if (key !== undefined) {
        key.tokens?.giveBack();
        this.#keys.changed(key);
      }
    }
    for (const hold of holds.fromEnqueue) {
      const key = this.#keys.named(hold.key);
      if (hold.until === "fetched" && !this.#keys.holds(key, jid) && !key.isFull) {
        this.take(job, hold);
      }
    }
  }

  died({ jid }: Holding): void {
    for (const grip of this.#keys.gripsOf(jid)) {
      const key = this.#keys.byId(grip.key);
      if (key !== undefined && (grip.ends === "finished" || grip.ends === "over")) {
        key.hasDied = true;
      }
      if (key !== undefined && grip.ends === "over" && grip.is_dead === 0) {
        this.#keys.markDead(grip, key, true);
        this.#keys.changed(key);
      }
    }
    this.#letGo(jid, ({ ends }) => ends !== "over" && ends !== "time");
  }

  /** Those that keep a dead job from coming back. */
  obstacles(job: Holding): Key[] {
    return this.#comingBack(job)
      .map(({ key }) => this.#keys.named(key))
      .filter((key) => key.isFull || key.lined > 0);
  }

  /** A dead job is none any more. */
  revived(job: Holding): void {
    for (const grip of this.#keys.gripsOf(job.jid)) {
      const key = this.#keys.byId(grip.key);
      if (grip.is_dead === 1 && key !== undefined) {
        this.#keys.markDead(grip, key, false);
      }
    }
    for (const hold of this.#comingBack(job)) {
      this.take(job, hold);
    }
  }

  /** The job is over. One that was dead was no success, and is held against it. */
  over({ jid, holds }: Holding): void {
    this.#letGo(jid, ({ ends, is_dead: isDead }) => ends !== "time" && isDead === 0);
    this.#context.run("UPDATE grip SET jid = NULL WHERE jid = ?", jid);
    this.unname(holds.fromEnqueue);
    this.unname(holds.fromFetch);
  }

  name(holds: readonly Hold[]): void {
    for (const { key } of holds) {
      this.#keys.named(key).named += 1;
    }
  }

  unname(holds: readonly Hold[]): void {
    for (const hold of holds) {
      const key = this.#keys.named(hold.key);
      key.named -= 1;
      this.#keys.waitingChanged(key);
    }
  }

  #letGo(jid: string, isOver: (grip: Grip) => boolean): void {
    for (const grip of this.#keys.gripsOf(jid).filter(isOver)) {
      this.#keys.letGo(grip);
    }
  }

  /** What a dead job takes again where it comes back. */
  #comingBack({ jid, holds }: Holding): Hold[] {
    return holds.fromEnqueue.filter(
      ({ key, until, waitsFor = "free" }) =>
        waitsFor === "free" &&
        (until === "finished" || until === "fetched" || until === "settled") &&
        !this.#keys.holds(this.#keys.named(key), jid),
    );
  }
}

/** Whether a job has to do with keys. */
export function isHolding<Of extends { readonly jid: string; holds: JobHolds | undefined }>(
  job: Of,
): job is Of & Holding {
  return job.holds !== undefined;
}
