import { clock } from "../../../support/clock.ts";
import { AdapterError } from "../../adapter-error.ts";
import type { NumberedDelivery } from "../../delivery-numbers.ts";
import type { Connection } from "../connection/connection.ts";
import { failure, isPassing, mayHaveRun } from "../connection/redis-errors.ts";
import { buryDoomed } from "./bury-doomed.ts";
import type { Acceptable } from "./choose-script.ts";
import { ALL, type Accepted } from "./enqueue-scripts.ts";
import type { RedisContext } from "../redis-context.ts";
import type { ScriptReceiver } from "../scripts/script-runner.ts";

/** Seconds from one try to the next, at first and in the end. */
const SHORTEST_PAUSE = 0.02;
const LONGEST_PAUSE = 0.5;

export interface DeliveryParts {
  readonly context: RedisContext;
  readonly jobs: Acceptable;
  readonly number: NumberedDelivery;
  /** By the monotonic clock, in seconds. */
  readonly deadline: number;
  /** Called once, with the reason if Redis did not take the batch, or may not have. */
  readonly onEnd: (delivery: Delivery, error: Error | undefined, accepted: Accepted) => void;
}

/**
 * One batch, sent until Redis takes it, refuses it, or its time is over. That makes no second job:
 * the batch has a number.
 */
export class Delivery implements ScriptReceiver<Accepted> {
  readonly deadline: number;
  readonly #parts: DeliveryParts;
  #pause = SHORTEST_PAUSE;
  #isOver = false;
  /** A try came to no end that would say whether Redis has taken it. */
  #isUncertain = false;
  #isUnderWay = false;
  #isTaken = false;
  #accepted: Accepted = ALL;
  #reason: unknown;

  constructor(parts: DeliveryParts) {
    this.deadline = parts.deadline;
    this.#parts = parts;
  }

  get isInTime(): boolean {
    return clock.monotonic() < this.deadline;
  }

  send(): void {
    const connection = this.#parts.context.connection();
    if (connection instanceof Promise || !connection.isReady) {
      void this.#sendOnceReady(connection);
    } else {
      this.#sendNow(connection);
    }
  }

  /** Redis has taken it. */
  resolve(accepted: Accepted): void {
    const { doomed } = accepted;
    this.#accepted = accepted;
    if (doomed.length === 0) {
      this.#end();
    } else {
      this.#isTaken = true;
      // Should that fail, whoever hands on what is free does it.
      const end = (): void => this.#end();
      void buryDoomed(this.#parts.context, doomed).then(end, end);
    }
  }

  /** A try has failed. */
  reject(error: unknown): void {
    this.#isUnderWay = false;
    this.#isUncertain ||= mayHaveRun(error);
    this.#reason = error;
    if (isPassing(error) && clock.monotonic() + this.#pause <= this.deadline) {
      void this.#again();
    } else {
      this.#giveUp(error);
    }
  }

  /** The time for the delivery is over. */
  expire(): void {
    if (this.#isTaken) {
      this.#end();
      return;
    }
    this.#isUncertain ||= this.#isUnderWay;
    // What was said before says more than a silence in the end.
    this.#giveUp(this.#reason ?? new Error("no answer in time"));
  }

  async #sendOnceReady(connection: Connection | Promise<Connection>): Promise<void> {
    try {
      const opened = await connection;
      await opened.ready();
      if (!this.#isOver) {
        this.#sendNow(opened);
      }
    } catch (error) {
      this.reject(error);
    }
  }

  #sendNow(connection: Connection): void {
    const { context, jobs, number } = this.#parts;
    const { script, entries, documents } = jobs;
    const { heartbeat } = context;
    const input = { number: number.toArgs(), entries, heartbeat, documents };
    this.#isUnderWay = true;
    context.scripts.send(connection, { script, input }, this);
  }

  async #again(): Promise<void> {
    await clock.sleep(this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    if (!this.#isOver) {
      this.send();
    }
  }

  #giveUp(reason: unknown): void {
    const error = failure("enqueue", reason);
    const { message } = error;
    this.#end(
      error instanceof AdapterError
        ? new AdapterError(message, { cause: reason, maybeAccepted: this.#isUncertain })
        : error,
    );
  }

  #end(error?: Error): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#parts.number.end(!this.#isUncertain || error === undefined);
      this.#parts.onEnd(this, error, this.#accepted);
    }
  }
}
