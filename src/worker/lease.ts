import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Lease, LeaseOptions } from "../adapters/adapter.ts";
import { LeaseLostError } from "../adapters/adapter-error.ts";
import type { RunEnvironment } from "../job/settings/run-environment.ts";
import { unlimitedController } from "../support/abort.ts";
import type { Logger } from "../support/logger.ts";
import { pause, type Outage } from "./outage.ts";
import { Stalemate } from "./stalemate.ts";
import { Ticker } from "./ticker.ts";

/** A lease is renewed so often in its time: one that is late, or fails, is no loss. */
const RENEWALS = 6;
/** And at least so often, in seconds: with it operators see the worker, for a minute at a time. */
const LONGEST_RENEWAL = 10;
/**
 * For half of a lease's time, and so many seconds at most, a worker that has given one up leaves
 * the jobs to others.
 */
const LONGEST_REST = 30;

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
  readonly #stalemate: Stalemate;
  readonly #ended = new AbortController();
  #session: Session | undefined;
  #reopening: Promise<void> | undefined;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#stalemate = new Stalemate(options.lease.ttl);
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
      environment: {
        ...environment,
        signal: controller.signal,
        checkpoint: lease.checkpoint?.bind(lease),
      },
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
    const { identity } = session.lease;
    this.#options.logger.error(
      { err: error, identity },
      `Worker "${identity}" was silent for too long: its lease has ended, and its jobs go to others. ` +
        "It goes on under another identity",
    );
    this.#end(session, error);
    this.#reopening = this.#reopen();
  }

  /** An exchange was answered. */
  served(): void {
    this.#options.outage.over("exchange");
    this.#stalemate.served();
  }

  /** An exchange has failed. The session may be over then. */
  failed(session: Session, error: unknown): void {
    if (error instanceof LeaseLostError) {
      this.#options.outage.over("exchange");
      this.lost(session, error);
      return;
    }
    const seconds = this.#stalemate.failed();
    if (seconds !== undefined && session === this.#session) {
      this.#giveUp(session, { error, seconds });
    }
  }

  /** Others may be better connected. */
  #giveUp(
    session: Session,
    { error, seconds }: { readonly error: unknown; readonly seconds: number },
  ): void {
    const { identity } = session.lease;
    const rest = Math.min(this.#options.lease.ttl / 2, LONGEST_REST);
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.logger.warn(
      { err: error, identity },
      `Worker "${identity}" has got nothing done for ${Math.round(seconds)} s, although its lease is kept: ${reason}. ` +
        `It gives its jobs up to others, which counts as losing them, and takes none for ${rest} s`,
    );
    this.#end(session, new LeaseLostError(identity));
    this.#reopening = this.#reopen(rest);
    // Where this is not heard either, the lease runs out by itself.
    void session.lease.giveUp?.().catch(() => undefined);
  }

  #end(session: Session, error: LeaseLostError): void {
    this.#session = undefined;
    this.#renewal.stop();
    this.#stalemate.served();
    this.#options.onLost();
    session.abort(error);
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

  /** Never rejects. @param rest Seconds until then. */
  async #reopen(rest = 0): Promise<void> {
    const { outage } = this.#options;
    if (rest > 0) {
      await pause(rest, this.#ended.signal);
    }
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
        this.#stalemate.renewed();
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
