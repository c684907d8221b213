import type { Exchange, FetchRequest, Lease, LeaseOptions, Outcome } from "../../adapter.ts";
import { LeaseLostError } from "../../adapter-error.ts";
import { assertOutcomes } from "../../entries.ts";
import { clock } from "../../../support/clock.ts";
import { exchangeArgs, overtaken, type ExchangeReply } from "./exchange-call.ts";
import { FetchSize } from "./fetch-size.ts";
import { beatOf, encodeBeat } from "./heartbeat.ts";
import { HandOverOffer } from "./hand-over-offer.ts";
import type { LeaseJob } from "./lease-job.ts";
import { LeaseJobs, receiptOf } from "./lease-jobs.ts";
import { MissingJobs } from "./missing-jobs.ts";
import { claim, encodeOutcomes, finishedOf, type Settlement } from "./outcomes.ts";
import type { RedisLeaseParts } from "./redis-lease-parts.ts";
import { failure } from "../connection/redis-errors.ts";
import { addJids } from "./add-jids.ts";
import { runScript, type Script } from "../scripts/script.ts";
import {
  adoptScript,
  closeLeaseScript,
  exchangeScript,
  renewLeaseScript,
} from "../scripts/scripts.ts";

/** The jobs of one worker, in a hash of its own. */
export class RedisLease implements Lease {
  readonly identity: string;
  readonly #options: LeaseOptions;
  readonly #parts: RedisLeaseParts;
  readonly #held = new LeaseJobs();
  #number = 0;
  #roundTrip = 0;
  /** An exchange was sent and not answered: what it fetched is in the hash, and nobody here knows. */
  #isUncertain = false;
  /** What exchanges were to settle that were not answered. */
  readonly #unanswered = new Set<readonly Settlement[]>();
  #isFull = false;
  /** What was fetched, until an exchange that comes to its end hands it out. */
  readonly #taken: LeaseJob[] = [];
  /** In the hash, and never arrived. */
  readonly #missing = new MissingJobs();
  readonly #note = new HandOverOffer();
  readonly #size = new FetchSize();
  #isClosed = false;

  constructor(options: LeaseOptions, parts: RedisLeaseParts) {
    this.identity = options.identity;
    this.#options = options;
    this.#parts = parts;
    // A Redis that comes back, or another in its place, may have forgotten the latest.
    parts.connection.events.on("close", () => {
      this.#isUncertain = true;
    });
  }

  async exchange(outcomes: readonly Outcome[], request?: FetchRequest): Promise<Exchange> {
    this.#assertOpen();
    if (request !== undefined && !(request.limit >= 1)) {
      throw new RangeError(`Cannot fetch ${request.limit} jobs: expected a limit of at least 1`);
    }
    assertOutcomes(outcomes);
    if (this.#isUncertain) {
      await this.#adopt();
    }
    const number = (this.#number += 1);
    const { settlements, refused } = claim(outcomes, { held: this.#held, number });
    // Nothing is awaited here as a rule: jobs that are about to start would start before this is sent.
    if (settlements.some(({ jid }) => jid === undefined)) {
      await addJids(this.#parts.owners, settlements);
    }
    this.#unanswered.add(settlements);
    const encoded = encodeOutcomes(settlements, new Date().toISOString().slice(0, 10));
    const { others } = encoded;
    const takesMore = request !== undefined && this.#options.onHandedOver !== undefined;
    const hasOffer = takesMore && this.#note.begin(number);
    const wanted = this.#missing.any ? 0 : (request?.limit ?? 0) - this.#taken.length;
    const limit = this.#size.limit(Math.max(0, wanted));
    const args = exchangeArgs({
      number,
      limit,
      request,
      hasOffer,
      takesMore,
      outcomes: encoded.args,
    });
    const reply = await this.#run<ExchangeReply>(exchangeScript, args);
    const [state, milliseconds, releasable, anyRecoveries, late, fetched, wasGone, isWritten] =
      reply;
    if (state === "late") {
      this.#isUncertain = true;
      throw overtaken(this.identity);
    }
    this.#unanswered.delete(settlements);
    if (state !== "ok") {
      throw await this.#lost();
    }
    if (
      takesMore &&
      this.#note.answered(number, { wasGone: wasGone === 1, isWritten: isWritten === 1 })
    ) {
      // With the next exchange it is looked for.
      this.#isUncertain = true;
      this.#options.onWork();
    }
    this.#settle(settlements);
    this.#announce(others, Number(milliseconds) / 1000);
    const arrived = this.#held.fetched(number, milliseconds, fetched);
    const isMore = this.#size.answered({ wanted, limit, fetched: arrived.length }, reply[8] === 1);
    this.#taken.push(...arrived);
    const lateOnes =
      late.length === 0 ? [] : others.filter(({ job }) => late.includes(receiptOf(job)));
    if (others.some(({ kind }) => kind === "dead")) {
      await this.#parts.onDeath();
    }
    const finished = finishedOf(others, lateOnes);
    if (finished.length > 0) {
      await this.#parts.onFinished(finished);
    }
    if (this.#missing.any) {
      // Now that what has ended is settled: should it not arrive, nothing else waits for it.
      await this.#loadMissing();
    }
    if (anyRecoveries === 1) {
      await this.#countLosses();
    }
    return {
      jobs: this.#taken.splice(0),
      refused: [...refused, ...lateOnes.map(({ job }) => job)],
      releasable: releasable === 1,
      isMore: isMore || this.#missing.any,
    };
  }

  async renew(): Promise<void> {
    this.#assertOpen();
    const began = clock.monotonic();
    const beat = [...encodeBeat(beatOf(this.#options, this.#roundTrip)), ...this.#running()];
    const [renewed, signal, full] = await this.#run<[number, string?, number?]>(
      renewLeaseScript,
      beat,
    );
    if (renewed !== 1) {
      throw await this.#lost();
    }
    if (this.#isFull !== (full === 1)) {
      this.#isFull = full === 1;
      this.#parts.onFull(this.#isFull);
    }
    this.#roundTrip = Math.round((clock.monotonic() - began) * 1e6);
    this.#parts.onSignal(signal);
    void this.#parts.watch.check();
    this.#parts.sweeper.run();
    void this.#parts.metrics?.flush(clock.now());
  }

  /** Of the jobs that it holds, as `renew-lease.lua` takes it. */
  #running(): string[] {
    const running = this.#options.running?.();
    const receipts = running?.flatMap((job) =>
      this.#held.handedOut(job) && this.#held.has(job) ? [receiptOf(job)] : [],
    );
    return receipts === undefined ? ["all"] : ["some", ...receipts];
  }

  async close(): Promise<void> {
    if (this.#isClosed) {
      return;
    }
    this.#isClosed = true;
    try {
      await this.#run(closeLeaseScript, []);
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
    // Closed, it goes back with the rest; uncertain, it is found where it is.
    const handed = this.#isClosed || this.#isUncertain ? undefined : this.#note.take(message);
    if (handed !== undefined) {
      this.#options.onHandedOver?.(this.#held.found(handed.receipt, handed.payload));
    }
  }

  /** Nothing can be done in its name any more. */
  async #lost(): Promise<LeaseLostError> {
    await this.abandon();
    return new LeaseLostError(this.identity);
  }

  /** Ends the connections and leaves the lease to run out. */
  async abandon(): Promise<void> {
    this.#isClosed = true;
    await this.#disconnect();
  }

  async #disconnect(): Promise<void> {
    const { watch, connection, thread, sweeper } = this.#parts;
    sweeper.end();
    watch.close();
    connection.close();
    await thread?.close();
  }

  #settle(settlements: readonly Settlement[]): void {
    for (const outcome of settlements) {
      this.#parts.metrics?.count(outcome);
      this.#held.delete(outcome.job);
    }
  }

  /** Redis does not tell a connection of its own writes. */
  #announce(settlements: readonly Settlement[], now: number): void {
    for (const outcome of settlements) {
      if ((outcome.kind === "retry" || outcome.kind === "requeue") && outcome.at !== undefined) {
        this.#options.onDue(outcome.delay === undefined ? outcome.at : now + outcome.delay);
      } else if (outcome.kind === "requeue" || outcome.kind === "release") {
        this.#options.onWork();
      }
    }
  }

  async #countLosses(): Promise<void> {
    const { owners, recoveries } = this.#parts;
    // Another exchange may take these along, or add to them, before the answer is here.
    const jobs = [...this.#taken];
    const identities = await Promise.all(
      jobs.map(({ payload, queue }) => owners.identify(payload, queue)),
    );
    const counts = await recoveries(identities.map(({ jid }) => jid));
    jobs.forEach((job, index) => {
      job.recoveries = counts[index] ?? 0;
    });
  }

  /** Asks what the lease holds, forgets what was settled by the lost exchange, and notes what it fetched. */
  async #adopt(): Promise<void> {
    this.#note.forget();
    const [state, ...held] = await this.#run<(string | number)[]>(adoptScript, [
      (this.#number += 1),
    ]);
    if (state !== "ok") {
      throw await this.#lost();
    }
    this.#isUncertain = false;
    const receipts = new Map<string, number>();
    for (let at = 0; at < held.length; at += 2) {
      receipts.set(String(held[at]), Number(held[at + 1]));
    }
    const sent = new Set([...this.#unanswered].flatMap((each) => each.map(({ job }) => job)));
    this.#unanswered.clear();
    this.#missing.replace(this.#held.compare(receipts, sent));
  }

  /** A part of what never arrived. */
  async #loadMissing(): Promise<void> {
    const { connection, keys } = this.#parts;
    const what = `get ${this.#missing.shown} that worker "${this.identity}" holds and never got`;
    await this.#ask(what, () =>
      this.#missing.load(
        (...receipts) => connection.command("HMGET", keys.lease(this.identity), ...receipts),
        (receipt, payload) => this.#taken.push(this.#held.found(receipt, payload)),
      ),
    );
  }

  #run<Answer>(script: Script, args: readonly (string | number)[]): Promise<Answer> {
    const { connection, keys } = this.#parts;
    const call = { script, keys, args: [this.identity, ...args] };
    return this.#ask(`go on as worker "${this.identity}"`, () =>
      runScript<Answer>(connection, call),
    );
  }

  async #ask<Answer>(what: string, question: () => Promise<Answer>): Promise<Answer> {
    try {
      return await question();
    } catch (error) {
      this.#isUncertain = true;
      throw failure(what, error);
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) {
      throw new LeaseLostError(this.identity);
    }
  }
}
