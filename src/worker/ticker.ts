import { setLongTimeout } from "../support/clock.ts";

/** Calls again and again: so many seconds after the start, and after each call that has ended. */
export class Ticker {
  readonly #seconds: number;
  readonly #call: () => Promise<void> | void;
  #running = false;
  #cancel = (): void => undefined;

  /** @param call Must not throw or reject. */
  constructor(seconds: number, call: () => Promise<void> | void) {
    this.#seconds = seconds;
    this.#call = call;
  }

  start(): void {
    this.#running = true;
    this.#wait();
  }

  stop(): void {
    this.#running = false;
    this.#cancel();
  }

  #wait(): void {
    // Started anew while a call was under way, it would go on twice.
    this.#cancel();
    this.#cancel = setLongTimeout(() => void this.#tick(), this.#seconds);
  }

  async #tick(): Promise<void> {
    await this.#call();
    if (this.#running) {
      this.#wait();
    }
  }
}
