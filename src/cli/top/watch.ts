import { setTimeout as sleep } from "node:timers/promises";
import type { Adapter } from "../../adapters/adapter.ts";
import { AdapterError } from "../../adapters/adapter-error.ts";
import { queueStats } from "../../inspection/figures/queue-stats.ts";
import {
  ratesBetween,
  snapshot,
  type Rates,
  type Snapshot,
} from "../../inspection/figures/snapshot.ts";
import { clock } from "../../support/clock.ts";
import { thrownMessage } from "../../support/thrown.ts";
import { spoken } from "../../support/wording.ts";
import { byNeed } from "./by-need.ts";
import { frame } from "./frame.ts";
import type { Screen } from "./screen.ts";

/** Milliseconds between two frames where nothing happens. */
const PACE = 1_000;

/** Seconds without an answer after which that is shown. */
const PATIENCE = 3;

/** More than a terminal is wide. */
const REMEMBERED = 500;

const KEYS = "q quit   ↑ ↓ select a queue   p pause or resume it";

interface Watching {
  /** Seconds between two looks at the store. */
  readonly interval: number;
  /** Ends it, besides the keys. */
  readonly signal: AbortSignal;
}

/** Shows what there is until it is told to end. A store that goes away is waited for. */
export async function watch(adapter: Adapter, screen: Screen, options: Watching): Promise<void> {
  const view = new LiveView(adapter, screen, options);
  await view.run();
}

class LiveView {
  readonly #adapter: Adapter;
  readonly #screen: Screen;
  readonly #interval: number;
  readonly #ended = new AbortController();
  #sample: Snapshot | undefined;
  #rates: Rates | undefined;
  #history: number[] = [];
  #selected: string | undefined;
  #failure: string | undefined;
  #answeredAt = clock.monotonic();

  constructor(adapter: Adapter, screen: Screen, { interval, signal }: Watching) {
    this.#adapter = adapter;
    this.#screen = screen;
    this.#interval = interval;
    if (signal.aborted) {
      this.#ended.abort();
    }
    signal.addEventListener("abort", () => this.#ended.abort(), { once: true });
  }

  async run(): Promise<void> {
    this.#screen.onKey((name) => this.#press(name));
    this.#screen.onResize(() => this.#draw());
    const pacemaker = setInterval(() => this.#draw(), PACE);
    const ended = new Promise<void>((resolve) => {
      this.#ended.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    try {
      // A store that does not answer shall not keep it from ending.
      await Promise.race([this.#ended.signal.aborted ? undefined : ended, this.#look()]);
    } finally {
      clearInterval(pacemaker);
    }
  }

  async #look(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await this.#ask(async () => this.#take(await snapshot(this.#adapter)));
      await sleep(this.#interval * 1000, undefined, { signal: this.#ended.signal }).catch(
        () => undefined,
      );
    }
  }

  /** What fails is shown, and asked again. */
  async #ask(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#failure = undefined;
      this.#answeredAt = clock.monotonic();
    } catch (error) {
      this.#failure = reasonOf(error);
    }
    this.#draw();
  }

  #take(taken: Snapshot): void {
    const sample = { ...taken, queues: byNeed(taken.queues) };
    const rates = this.#sample && ratesBetween(this.#sample, sample);
    this.#rates = rates ?? this.#rates;
    if (rates !== undefined) {
      this.#history = [...this.#history, rates.processed].slice(-REMEMBERED);
    }
    this.#sample = sample;
    const names = sample.queues.map(({ name }) => name);
    if (this.#selected === undefined || !names.includes(this.#selected)) {
      this.#selected = names[0];
    }
  }

  #press(name: string): void {
    switch (name) {
      case "q":
      case "CTRL_C":
        this.#ended.abort();
        break;
      case "UP":
        this.#select(-1);
        break;
      case "DOWN":
        this.#select(1);
        break;
      case "p":
        // Asking never rejects.
        void this.#ask(() => this.#pauseOrResume());
        break;
    }
  }

  #select(step: number): void {
    const names = this.#sample?.queues.map(({ name }) => name) ?? [];
    const at = names.indexOf(this.#selected ?? "") + step;
    this.#selected = names[Math.min(names.length - 1, Math.max(0, at))];
    this.#draw();
  }

  async #pauseOrResume(): Promise<void> {
    const queue = this.#sample?.queues.find(({ name }) => name === this.#selected);
    if (queue === undefined) {
      return;
    }
    const { store } = this.#adapter;
    await (queue.paused ? store.resume(queue.name) : store.pause(queue.name));
    const queues = byNeed(await queueStats(this.#adapter));
    // The rest is left: how fast counters grow cannot be seen in a moment.
    this.#sample = this.#sample && { ...this.#sample, queues };
  }

  #draw(): void {
    if (this.#ended.signal.aborted) {
      return;
    }
    const trouble = this.#trouble();
    if (this.#sample === undefined) {
      this.#screen.draw([[{ text: trouble ?? "Looking …" }]]);
      return;
    }
    const view = {
      sample: this.#sample,
      rates: this.#rates,
      history: this.#history,
      selected: this.#selected,
      trouble,
      hint: KEYS,
    };
    this.#screen.draw(frame(view, this.#screen.size));
  }

  #trouble(): string | undefined {
    const silence = clock.monotonic() - this.#answeredAt;
    const isSilent = silence > this.#interval + PATIENCE;
    return this.#failure === undefined && !isSilent
      ? undefined
      : `No answer for ${spoken(silence)}: ${this.#failure ?? "the store is silent"}`;
  }
}

/** What the store said, or the way to it: the advice around it would not fit a line. */
function reasonOf(error: unknown): string {
  const said = error instanceof AdapterError ? (error.cause ?? error) : error;
  return thrownMessage(said);
}
