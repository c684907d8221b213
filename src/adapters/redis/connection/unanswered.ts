import { clock } from "../../../support/clock.ts";
import { connectionClosed } from "./redis-errors.ts";
import type { Reply } from "./reply-reader.ts";

/** Whoever sent a command. One of the two is called, once. */
export interface Receiver {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

/**
 * Bytes a second that the slowest link takes. What has left this process may lie in between for a
 * while, where nobody sees it move: so much longer the answer to something large is waited for, and
 * how much longer at most, in seconds.
 */
const SLOWEST_LINK = 100_000;
const LONGEST_ALLOWANCE = 60;
/** Of a request so much is no reason to wait for longer. */
const FREE_BYTES = 256 * 1024;

interface Sent {
  readonly sentAt: number;
  readonly bytes: number;
  readonly receiver: Receiver;
  next: Sent | undefined;
}

/**
 * Commands that are not answered, in the order in which they were sent: that of the answers. One
 * timer watches the oldest: it is overdue when nothing has moved on its connection for too long,
 * not when much has to be moved.
 */
export class Unanswered {
  /** Seconds. */
  readonly #timeout: number;
  readonly #onOverdue: () => void;
  #oldest: Sent | undefined;
  #newest: Sent | undefined;
  #movedAt = -Infinity;
  #watchdog: NodeJS.Timeout | undefined;

  /**
   * @param timeout Seconds without a byte that moves after which `onOverdue` is called, unless the
   *   oldest is answered.
   */
  constructor(timeout: number, onOverdue: () => void) {
    this.#timeout = timeout;
    this.#onOverdue = onOverdue;
  }

  get isEmpty(): boolean {
    return this.#oldest === undefined;
  }

  /** @param bytes About how long it is. */
  add(receiver: Receiver, bytes: number): void {
    const sent: Sent = { sentAt: clock.monotonic(), bytes, receiver, next: undefined };
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

  /** Bytes came in, or left. */
  moved(): void {
    this.#movedAt = clock.monotonic();
  }

  takeOldest(): Receiver | undefined {
    const sent = this.#oldest;
    if (sent === undefined) {
      return undefined;
    }
    this.#oldest = sent.next;
    // One that lies in old memory would keep all that were sent after it, and what they sent, until
    // that is swept.
    sent.next = undefined;
    if (this.#oldest === undefined) {
      this.#newest = undefined;
    }
    return sent.receiver;
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
      const { sentAt, bytes } = this.#oldest;
      const since = Math.max(sentAt, this.#movedAt);
      const left = since + this.#timeout + allowanceFor(bytes) - clock.monotonic();
      if (left > 0) {
        this.#watch(left);
      } else {
        this.#onOverdue();
      }
    }
  }
}

function allowanceFor(bytes: number): number {
  return Math.min(LONGEST_ALLOWANCE, Math.max(0, bytes - FREE_BYTES) / SLOWEST_LINK);
}
