import { clock } from "../../support/clock.ts";
import { connectionClosed } from "./redis-errors.ts";
import type { Reply } from "./resp/reply-reader.ts";

/** Whoever sent a command. One of the two is called, once. */
export interface Receiver {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

interface Sent {
  readonly sentAt: number;
  readonly receiver: Receiver;
  next: Sent | undefined;
}

/** Commands that are not answered, in the order in which they were sent: that of the answers. One timer watches the oldest. */
export class Unanswered {
  /** Seconds. */
  readonly #timeout: number;
  readonly #onOverdue: () => void;
  #oldest: Sent | undefined;
  #newest: Sent | undefined;
  #watchdog: NodeJS.Timeout | undefined;

  /** @param timeout Seconds after which `onOverdue` is called, unless the oldest is answered. */
  constructor(timeout: number, onOverdue: () => void) {
    this.#timeout = timeout;
    this.#onOverdue = onOverdue;
  }

  get isEmpty(): boolean {
    return this.#oldest === undefined;
  }

  add(receiver: Receiver): void {
    const sent: Sent = { sentAt: clock.monotonic(), receiver, next: undefined };
    if (this.#newest === undefined) {
      this.#oldest = sent;
    } else {
      this.#newest.next = sent;
    }
    this.#newest = sent;
    if (this.#watchdog === undefined) {
      this.#watch(this.#timeout);
    }
  }

  takeOldest(): Receiver | undefined {
    const sent = this.#oldest;
    this.#oldest = sent?.next;
    if (this.#oldest === undefined) {
      this.#newest = undefined;
    }
    return sent?.receiver;
  }

  /** @param reason Of the oldest; for the others it is that the connection is closed. */
  rejectAll(reason: Error): void {
    let error = reason;
    for (let next = this.takeOldest(); next !== undefined; next = this.takeOldest()) {
      next.reject(error);
      error = connectionClosed();
    }
  }

  /** @param seconds Until the oldest may have waited too long. */
  #watch(seconds: number): void {
    this.#watchdog = setTimeout(() => {
      // After a computation that took long the answer may be here, and not read.
      setImmediate(() => this.#look());
    }, seconds * 1000).unref();
  }

  #look(): void {
    this.#watchdog = undefined;
    if (this.#oldest !== undefined) {
      const left = this.#oldest.sentAt + this.#timeout - clock.monotonic();
      if (left > 0) {
        this.#watch(left);
      } else {
        this.#onOverdue();
      }
    }
  }
}
