import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { LeaseOptions } from "../../adapter.ts";
import { beatOf } from "./heartbeat.ts";
import type { Keys } from "../keys.ts";
import { keysOf } from "../scripts/script-runner.ts";
import { renewLeaseScript, secondsToLive } from "./lease-scripts.ts";
import { renewWhileBusy, type RenewalTask } from "./renew-while-busy.ts";

/** Seconds of silence after which an event loop is taken for stuck, so that others get its jobs. */
const STUCK_AFTER = 600;
/** The thread renews so often in a lease's time, but at least that often, in seconds. */
const RENEWALS = 6;
const LONGEST_INTERVAL = 10;

export interface LeaseThreadParts {
  readonly lease: LeaseOptions;
  readonly keys: Keys;
  /** What ioredis's client is made with. */
  readonly connect: readonly unknown[];
  readonly onSignal: (name: string) => void;
  readonly onFailure: (error: unknown) => void;
  readonly stuckAfter?: number;
}

/**
 * A thread with a connection of its own that renews a lease while the event loop is busy, so that a
 * long computation is not taken for a dead worker. It stands in only: a loop that is alive renews
 * by itself.
 */
export class LeaseThread {
  readonly #parts: LeaseThreadParts;
  readonly #seen: BigInt64Array;
  readonly #state: Int32Array;
  readonly #thread: Worker;
  readonly #pulse: NodeJS.Timeout;

  /** @throws {DataCloneError} if the options of the client cannot be handed to a thread. */
  constructor(parts: LeaseThreadParts) {
    const { lease, keys, connect, stuckAfter = STUCK_AFTER } = parts;
    this.#parts = parts;
    const shared = new SharedArrayBuffer(16);
    this.#seen = new BigInt64Array(shared, 0, 1);
    this.#state = new Int32Array(shared, 8, 2);
    const every = Math.min(lease.ttl / RENEWALS, LONGEST_INTERVAL);
    const { info, concurrency } = beatOf(lease, 0);
    const task: RenewalTask = {
      connect,
      from: thisFile(),
      lua: renewLeaseScript.inSeconds.lua,
      keys: keysOf(keys),
      identity: lease.identity,
      ttl: secondsToLive(lease.ttl),
      info,
      concurrency,
      shared,
      every,
      stuckAfter,
    };
    this.#show();
    // What runs the application's TypeScript is of no use there.
    this.#thread = new Worker(program(), { eval: true, workerData: task, execArgv: [] });
    this.#thread.unref();
    this.#thread.on("error", parts.onFailure);
    this.#thread.on("message", (name: string) => parts.onSignal(name));
    this.#pulse = setInterval(() => this.#show(), (every * 1000) / 4).unref();
  }

  /** Resolves when nothing of it is left. */
  async close(): Promise<void> {
    clearInterval(this.#pulse);
    await this.#thread.terminate();
  }

  #show(): void {
    const { busy, quiet } = this.#parts.lease.state();
    Atomics.store(this.#state, 0, busy);
    Atomics.store(this.#state, 1, quiet ? 1 : 0);
    Atomics.store(this.#seen, 0, process.hrtime.bigint());
  }
}

/**
 * From where ioredis is found. A bundle of CommonJS does not tell: there it is where the program
 * was started.
 */
function thisFile(): string {
  const { url } = import.meta as { readonly url?: string };
  return url ?? pathToFileURL(join(process.cwd(), "bundle.cjs")).href;
}

/**
 * As text, it runs from sources, from dist and in a bundle alike. Transpilers wrap functions in
 * `__name`.
 */
function program(): string {
  return `
    const { parentPort, workerData } = require("node:worker_threads");
    const { Redis } = require("node:module").createRequire(workerData.from)("ioredis");
    const __name = (named) => named;
    (${renewWhileBusy.toString()})(workerData, Redis, (signal) => parentPort.postMessage(signal));
  `;
}
