import { pause, type Outage } from "./outage.ts";
import { nextTurn } from "../support/turn.ts";

/**
 * A piece of work at the store: done when asked for, never twice at once, once more if it was asked
 * for meanwhile, and tried again until the store answers.
 */
export class OnDemandTask {
  readonly #part: string;
  readonly #outage: Outage;
  readonly #ended: AbortSignal;
  readonly #task: () => Promise<void>;
  #wanted = false;
  #running: Promise<void> | undefined;

  constructor(
    part: string,
    { outage, ended, task }: { outage: Outage; ended: AbortSignal; task: () => Promise<void> },
  ) {
    this.#part = part;
    this.#outage = outage;
    this.#ended = ended;
    this.#task = task;
  }

  run(): void {
    this.#wanted = true;
    this.#running ??= this.#work();
  }

  /** Resolves when it is not under way. Never rejects. */
  async done(): Promise<void> {
    await this.#running;
  }

  async #work(): Promise<void> {
    while (this.#wanted && !this.#ended.aborted) {
      this.#wanted = false;
      try {
        await this.#task();
        this.#outage.over(this.#part);
      } catch (error) {
        this.#wanted = true;
        await pause(this.#outage.failed(this.#part, error), this.#ended);
      }
      if (this.#wanted) {
        await nextTurn();
      }
    }
    this.#running = undefined;
  }
}
