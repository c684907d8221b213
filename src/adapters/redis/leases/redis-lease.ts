import { clock } from "../../../support/clock.ts";
import type {
  Exchange,
  FetchedJob,
  FetchRequest,
  Lease,
  LeaseOptions,
  Outcome,
} from "../../adapter.ts";
import { LeaseLostError } from "../../adapter-error.ts";
import { assertOutcomes } from "../../entries.ts";
import { readRecord } from "../../job-record.ts";
import { Exchanges } from "./exchanges.ts";
import { beatOf } from "./heartbeat.ts";
import { LeaseLink } from "./lease-link.ts";
import { checkpointScript, closeLeaseScript, renewLeaseScript } from "./lease-scripts.ts";
import type { RedisLeaseParts } from "./redis-lease-parts.ts";

/** The jobs of one worker, in a hash of its own. */
export class RedisLease implements Lease {
  readonly identity: string;
  readonly #options: LeaseOptions;
  readonly #parts: RedisLeaseParts;
  readonly #link: LeaseLink;
  readonly #exchanges: Exchanges;
  /** Microseconds that the last renewal took. */
  #roundTrip = 0;
  #isFull = false;
  #isClosed = false;

  constructor(options: LeaseOptions, parts: RedisLeaseParts) {
    this.identity = options.identity;
    this.#options = options;
    this.#parts = parts;
    this.#link = new LeaseLink(options.identity, parts);
    const onLost = (): Promise<LeaseLostError> => this.#lost();
    this.#exchanges = new Exchanges({ options, parts, link: this.#link, onLost });
  }

  async exchange(outcomes: readonly Outcome[], request?: FetchRequest): Promise<Exchange> {
    this.#assertOpen();
    if (request !== undefined && !(request.limit >= 1)) {
      throw new RangeError(`Cannot fetch ${request.limit} jobs: expected a limit of at least 1`);
    }
    assertOutcomes(outcomes);
    return this.#exchanges.exchange(outcomes, request);
  }

  async renew(): Promise<void> {
    this.#assertOpen();
    const { identity } = this;
    const began = clock.monotonic();
    const beat = beatOf(this.#options, this.#roundTrip);
    const running = this.#exchanges.running();
    const renewed = await this.#link.run(renewLeaseScript, { identity, beat, running });
    if (renewed === undefined) {
      throw await this.#lost();
    }
    const { signal, isFull } = renewed;
    if (this.#isFull !== isFull) {
      this.#isFull = isFull;
      this.#parts.onFull(isFull);
    }
    this.#roundTrip = Math.round((clock.monotonic() - began) * 1e6);
    this.#parts.onSignal(signal);
    void this.#parts.watch.check();
    void this.#parts.metrics?.flush(clock.now());
  }

  async checkpoint(job: FetchedJob, payload: string): Promise<boolean> {
    this.#assertOpen();
    const receipt = this.#exchanges.receipt(job);
    if (receipt === undefined) {
      return false;
    }
    const { identity } = this;
    const jid = readRecord(payload)?.jid;
    const isHeld = await this.#link.run(checkpointScript, { identity, receipt, jid, payload });
    if (isHeld === undefined) {
      throw await this.#lost();
    }
    return isHeld;
  }

  async close(): Promise<void> {
    if (this.#isClosed) {
      return;
    }
    this.#isClosed = true;
    try {
      await this.#link.run(closeLeaseScript, this);
      await this.#parts.onClosed();
      await this.#parts.metrics?.flush(clock.now());
    } finally {
      await this.#disconnect();
    }
  }

  async giveUp(): Promise<void> {
    this.#isClosed = true;
    try {
      await this.#parts.connection.command("ZADD", this.#parts.keys.leases, "XX", 0, this.identity);
    } finally {
      await this.#disconnect();
    }
  }

  /** Takes a job that Redis put into this lease by itself, as it says in `message`. */
  handOver(message: string): void {
    // Of a closed lease it goes back with the rest.
    if (!this.#isClosed) {
      this.#exchanges.handOver(message);
    }
  }

  /** Ends the connections and leaves the lease to run out. */
  async abandon(): Promise<void> {
    this.#isClosed = true;
    await this.#disconnect();
  }

  /** Nothing can be done in its name any more. */
  async #lost(): Promise<LeaseLostError> {
    await this.abandon();
    return new LeaseLostError(this.identity);
  }

  async #disconnect(): Promise<void> {
    const { watch, connection, thread } = this.#parts;
    watch.close();
    connection.close();
    await thread?.close();
  }

  #assertOpen(): void {
    if (this.#isClosed) {
      throw new LeaseLostError(this.identity);
    }
  }
}
