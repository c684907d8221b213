import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Lease, LeaseOptions } from "../adapters/adapter.ts";
import { LeaseLostError } from "../adapters/adapter-error.ts";
import type { RunEnvironment } from "../job/run-environment.ts";
import { unlimitedController } from "../support/abort.ts";
import type { Logger } from "../support/logger.ts";
import { pause, type Outage } from "./outage.ts";
import { Ticker } from "./ticker.ts";

/** A lease is renewed so often in its time: one that is late, or fails, is no loss. */
const RENEWALS = 6;
/** And at least so often, in seconds: with it operators see the worker, for a minute at a time. */
const LONGEST_RENEWAL = 10;

/** One lease, and the runs in its name. */
export interface Session {
  readonly lease: Lease;
  readonly environment: RunEnvironment;
  /** Aborts the signal of its runs. */
  abort(reason: Error): void;
}

export interface LeaseKeeperOptions {
  readonly environment: Omit<RunEnvironment, "signal">;
  readonly lease: Omit<LeaseOptions, "identity">;
  readonly outage: Outage;
  readonly logger: Logger;
  readonly onOpen: (session: Session) => void;
  /** The session is over: its jobs are others'. */
  readonly onLost: () => void;
}

/** Keeps a lease while the worker lives: renews it, and opens another where it was lost. */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #renewal: Ticker;
  readonly #ended = new AbortController();
  #session: Session | undefined;
  #reopening: Promise<void> | undefined;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#renewal = new Ticker(Math.min(options.lease.ttl / RENEWALS, LONGEST_RENEWAL), () =>
      this.#renew(),
    );
  }

  /** `undefined` while no lease is held. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** @throws {AdapterError} if the store does not answer. */
  async open(): Promise<void> {
    const { environment, lease: options } = this.#options;
    const lease = await environment.adapter.lease({ ...options, identity: newIdentity() });
    if (this.#ended.signal.aborted) {
      await lease.close();
      return;
    }
    // Each job may listen.
    const controller = unlimitedController();
    this.#session = {
      lease,
      environment: { ...environment, signal: controller.signal },
      abort: (reason) => controller.abort(reason),
    };
    if (options.ttl !== Infinity) {
      this.#renewal.start();
    }
    this.#options.onOpen(this.#session);
  }

  /** To be told of by whoever notices first. Once for each session; further calls do nothing. */
  lost(session: Session, error: LeaseLostError): void {
    if (session !== this.#session) {
      return;
    }
    this.#session = undefined;
    this.#renewal.stop();
    const { identity } = session.lease;
    this.#options.logger.error(
      { err: error, identity },
      `Worker "${identity}" was silent for too long: its lease has ended, and its jobs go to others. ` +
        "It goes on under another identity",
    );
    this.#options.onLost();
    session.abort(error);
    this.#reopening = this.#reopen();
  }

  /** Opens none any more, and closes the one there is, or is about to be. Never rejects. */
  async close(): Promise<void> {
    this.#ended.abort();
    this.#renewal.stop();
    await this.#reopening;
    const session = this.#session;
    this.#session = undefined;
    try {
      await session?.lease.close();
    } catch (error) {
      this.#options.logger.warn(
        { err: error, identity: session?.lease.identity },
        "Could not close the lease: jobs that it still holds come back when it runs out",
      );
    }
  }

  /** Never rejects. */
  async #reopen(): Promise<void> {
    const { outage } = this.#options;
    while (!this.#ended.signal.aborted) {
      try {
        await this.open();
        outage.over("lease");
        return;
      } catch (error) {
        await pause(outage.failed("lease", error), this.#ended.signal);
      }
    }
  }

  /** Never rejects. */
  async #renew(): Promise<void> {
    const { outage } = this.#options;
    const session = this.#session;
    while (session !== undefined && session === this.#session) {
      try {
        await session.lease.renew();
        outage.over("renew");
        return;
      } catch (error) {
        if (error instanceof LeaseLostError) {
          outage.over("renew");
          this.lost(session, error);
          return;
        }
        await pause(outage.failed("renew", error), this.#ended.signal);
      }
    }
    outage.over("renew");
  }
}

/** As Sidekiq's. On Heroku the dyno's name says more than its host's. */
function newIdentity(): string {
  const host = process.env["DYNO"] ?? hostname();
  return `${host}:${process.pid}:${randomBytes(6).toString("hex")}`;
}
