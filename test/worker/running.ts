import { onTestFinished } from "vitest";
import type { Adapter, Entry, FetchedJob, Outcome } from "../../src/adapters/adapter.ts";
import { MemoryAdapter } from "../../src/adapters/memory/memory-adapter.ts";
import type { RunEnvironment } from "../../src/job/settings/run-environment.ts";
import { silentLogger } from "../../src/support/logger.ts";
import { Worker } from "../../src/worker/worker.ts";
import type { WorkerOptions } from "../../src/worker/worker-options.ts";
import { nextTurn } from "../../src/support/turn.ts";
import { done, jid, nameOf, payloadOf } from "../../src/adapter-contract/jobs.ts";
import { Log } from "./log.ts";

/** A run that goes on until the test ends it. */
export interface Run {
  readonly name: string;
  readonly job: FetchedJob;
  readonly environment: RunEnvironment;
  /** @param outcome done, if left out. */
  end(outcome?: Outcome): void;
  /** What no run may do. */
  break(error: Error): void;
}

export interface RigOptions extends WorkerOptions {
  /** Whether the run of that name is over when it has begun. */
  readonly endsByItself?: (name: string) => boolean;
}

/** A memory adapter that does not tell the console of jobs that a test leaves. */
export function memory(): MemoryAdapter {
  return new MemoryAdapter({ logger: silentLogger });
}

/** A worker on a memory adapter; the test ends each run. */
export class Rig {
  readonly log = new Log();
  readonly adapter: Adapter;
  readonly worker: Worker;
  /** Names, in the order in which runs began, and in which they ended. */
  readonly begun: string[] = [];
  readonly ended: string[] = [];
  /** Most runs at one time. */
  most = 0;
  readonly #running = new Set<Run>();
  #waiting: (() => void)[] = [];

  constructor({ endsByItself = () => false, ...options }: RigOptions = {}) {
    this.adapter = options.adapter ?? memory();
    this.worker = new Worker(
      { adapter: this.adapter, logger: this.log, ...options },
      { run: (job, environment) => this.#run(job, environment, endsByItself) },
    );
    onTestFinished(() => this.dispose());
  }

  static async started(options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(options);
    await rig.worker.start();
    return rig;
  }

  get running(): string[] {
    return [...this.#running].map(({ name }) => name);
  }

  async enqueue(names: readonly string[], options: Partial<Entry> = {}): Promise<void> {
    const { queue = "default" } = options;
    await this.adapter.enqueue(
      names.map((name) => ({
        jid: jid(name),
        payload: payloadOf(name, queue),
        ...options,
        queue,
      })),
    );
  }

  /** The latest run of that name, as soon as it has begun. */
  async run(name: string): Promise<Run> {
    await this.until(() => this.running.includes(name));
    return [...this.#running].findLast((run) => run.name === name)!;
  }

  async runs(...names: readonly string[]): Promise<Run[]> {
    return Promise.all(names.map((name) => this.run(name)));
  }

  /** Ends the runs, in this order, each as soon as it has begun. */
  async end(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      (await this.run(name)).end();
    }
  }

  /** Looks again whenever a run begins or ends. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Resolves once the store shows it; looks in each turn of the event loop. */
  async eventually<Value>(
    look: () => Promise<Value>,
    isSo: (value: Value) => boolean,
  ): Promise<Value> {
    for (;;) {
      const value = await look();
      if (isSo(value)) {
        return value;
      }
      await turns(1);
    }
  }

  /** Names in a queue, the next one first. */
  async waiting(queue = "default"): Promise<string[]> {
    const { jobs } = await this.adapter.store.page({ queue }, undefined, 1000);
    return jobs.map(({ payload }) => nameOf(payload));
  }

  async dispose(): Promise<void> {
    const stopped = this.worker.stop();
    while (this.running.length > 0) {
      this.#running.forEach((run) => run.end());
      await turns(1);
    }
    await stopped;
  }

  #run(
    job: FetchedJob,
    environment: RunEnvironment,
    endsByItself: (name: string) => boolean,
  ): Promise<Outcome> {
    const name = nameOf(job.payload);
    this.begun.push(name);
    if (endsByItself(name)) {
      this.ended.push(name);
      this.#tell();
      return Promise.resolve(done(job));
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#running.delete(run);
        this.ended.push(name);
      };
      const run: Run = {
        name,
        job,
        environment,
        end: (outcome = done(job)) => {
          leave();
          resolve(outcome);
        },
        break: (error) => {
          leave();
          reject(error);
        },
      };
      this.#running.add(run);
      this.most = Math.max(this.most, this.#running.size);
      this.#tell();
    });
  }

  #tell(): void {
    this.#waiting.splice(0).forEach((resolve) => resolve());
  }
}

/** So many turns of the event loop: what can happen without time passing has happened then. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await nextTurn();
  }
}
