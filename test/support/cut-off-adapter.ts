import { AdapterError } from "../../src/adapters/adapter-error.ts";
import type {
  Adapter,
  Exchange,
  FetchRequest,
  Lease,
  LeaseOptions,
  Outcome,
  Promotion,
  Recovery,
} from "../../src/adapters/adapter.ts";
import type { EnqueueAnswer } from "../../src/adapters/enqueue-answer.ts";
import type { JobNotes } from "../../src/adapters/job-notes.ts";
import type { JobStatus, JobStore } from "../../src/adapters/job-store.ts";

type Call = "lease" | "exchange" | "renew" | "close" | "promoteDue" | "releaseBlocked" | "recover";

/** A real adapter behind a line that a test can cut, and listen in on. What is cut off does not arrive. */
export class CutOffAdapter implements Adapter {
  readonly #adapter: Adapter;
  #cut: ReadonlySet<Call> | "everything" = new Set();
  /** What a worker called, in order. */
  readonly calls: Call[] = [];
  /** Called after the store answered an exchange and before the answer arrives. */
  onAnswer: (exchange: Exchange) => Promise<void> | void = () => undefined;
  /** Called after the store opened a lease and before the worker has it. */
  onLease: () => Promise<void> | void = () => undefined;
  readonly exchanges: { readonly outcomes: number; readonly limit: number }[] = [];

  constructor(adapter: Adapter) {
    this.#adapter = adapter;
  }

  cut(...calls: readonly Call[]): void {
    this.#cut = calls.length === 0 ? "everything" : new Set(calls);
  }

  mend(): void {
    this.#cut = new Set();
  }

  get name(): string {
    return this.#adapter.name;
  }

  get capabilities(): Adapter["capabilities"] {
    return this.#adapter.capabilities;
  }

  get store(): JobStore {
    return this.#adapter.store;
  }

  get notes(): JobNotes {
    return this.#adapter.notes;
  }

  enqueue(...args: Parameters<Adapter["enqueue"]>): Promise<EnqueueAnswer> {
    return this.#adapter.enqueue(...args);
  }

  async lease(options: LeaseOptions): Promise<Lease> {
    await this.#through("lease");
    const lease = await this.#adapter.lease(options);
    await this.onLease();
    return {
      identity: lease.identity,
      exchange: async (outcomes: readonly Outcome[], request?: FetchRequest) => {
        await this.#through("exchange");
        this.exchanges.push({ outcomes: outcomes.length, limit: request?.limit ?? 0 });
        const exchange = await lease.exchange(outcomes, request);
        await this.onAnswer(exchange);
        return exchange;
      },
      renew: async () => {
        await this.#through("renew");
        await lease.renew();
      },
      close: async () => {
        await this.#through("close");
        await lease.close();
      },
    };
  }

  async promoteDue(limit?: number): Promise<Promotion> {
    await this.#through("promoteDue");
    return this.#adapter.promoteDue(limit);
  }

  async releaseBlocked(): Promise<number> {
    await this.#through("releaseBlocked");
    return this.#adapter.releaseBlocked();
  }

  async recover(): Promise<readonly Recovery[]> {
    await this.#through("recover");
    return this.#adapter.recover();
  }

  unfinished(jids: readonly string[], asker?: string): Promise<readonly string[]> {
    return this.#adapter.unfinished(jids, asker);
  }

  status(jid: string): Promise<JobStatus> {
    return this.#adapter.status(jid);
  }

  close(): Promise<void> {
    return this.#adapter.close();
  }

  async #through(call: Call): Promise<void> {
    this.calls.push(call);
    await Promise.resolve();
    if (this.#cut === "everything" || this.#cut.has(call)) {
      throw new AdapterError(`Cannot reach the store: the line is cut (${call})`);
    }
  }
}
