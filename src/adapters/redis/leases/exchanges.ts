import { Few } from "../../../support/few.ts";
import type { Exchange, FetchedJob, FetchRequest, LeaseOptions, Outcome } from "../../adapter.ts";
import { AdapterError } from "../../adapter-error.ts";
import { addJids } from "./add-jids.ts";
import { encodeOutcomes } from "./encode-outcomes.ts";
import { exchangeScript, type Exchanged, type HoldsSeen } from "./exchange-script.ts";
import { FetchSize } from "./fetch-size.ts";
import { HandOverOffer } from "./hand-over-offer.ts";
import { LeaseJob } from "./lease-job.ts";
import { LeaseJobs, receiptOf } from "./lease-jobs.ts";
import type { LeaseLink } from "./lease-link.ts";
import { adoptScript } from "./lease-scripts.ts";
import { MissingJobs } from "./missing-jobs.ts";
import type { RedisLeaseParts } from "./redis-lease-parts.ts";
import { claim, finishedOf, type Settlement } from "./settlement.ts";

interface ExchangesParts {
  readonly options: LeaseOptions;
  readonly parts: RedisLeaseParts;
  readonly link: LeaseLink;
  /** Called where the lease has ended, for the error to throw. */
  readonly onLost: () => Promise<Error>;
}

/** An exchange that was sent, and Redis's answer. */
interface Sent {
  readonly number: number;
  readonly settlements: readonly Settlement[];
  /** Those that are not simply done. */
  readonly others: readonly Settlement[];
  /** Jobs that were not the lease's. */
  readonly refused: readonly FetchedJob[];
  readonly takesMore: boolean;
  /** How many jobs were wanted, and how many asked for. */
  readonly wanted: number;
  readonly limit: number;
  readonly answer: Exchanged;
}

/** What an exchange has changed here. */
interface Applied {
  /** Settlements that Redis has refused. */
  readonly late: readonly Settlement[];
  /** Whether there may be more jobs. */
  readonly isMore: boolean;
}

/** The exchanges of a lease with Redis, and the jobs that it has by them. */
export class Exchanges {
  readonly #options: LeaseOptions;
  readonly #parts: RedisLeaseParts;
  readonly #link: LeaseLink;
  readonly #onLost: () => Promise<Error>;
  readonly #jobs = new LeaseJobs();
  #number = 0;
  /** What exchanges were to settle that were not answered. */
  readonly #unanswered = new Few<readonly Settlement[]>();
  /** What was fetched, until an exchange that comes to its end hands it out. */
  readonly #taken: LeaseJob[] = [];
  /** In the lease's hash, and never arrived. */
  readonly #missing = new MissingJobs();
  readonly #offer = new HandOverOffer();
  readonly #size = new FetchSize();

  constructor({ options, parts, link, onLost }: ExchangesParts) {
    this.#options = options;
    this.#parts = parts;
    this.#link = link;
    this.#onLost = onLost;
  }

  async exchange(outcomes: readonly Outcome[], request?: FetchRequest): Promise<Exchange> {
    if (this.#link.isUncertain) {
      await this.#adopt();
    }
    const sent = await this.#send(outcomes, request);
    const { late, isMore } = this.#apply(sent);
    await this.#followUp(sent, late);
    const { holds } = sent.answer;
    return {
      jobs: this.#taken.splice(0),
      refused: [...sent.refused, ...late.map(({ job }) => job)],
      releasable: sent.answer.releasable,
      isMore: isMore || this.#missing.any || holds?.wereAhead === true,
      wantsTurn: holds?.wantsTurn === true,
      ...(holds !== undefined && { parked: holds.parked, unparked: holds.unparked }),
    };
  }

  /** Takes a job that Redis put into the lease by itself, as it says in `message`. */
  handOver(message: string): void {
    // While that is uncertain, it is found where it is.
    const handed = this.#link.isUncertain ? undefined : this.#offer.take(message);
    if (handed !== undefined) {
      this.#options.onHandedOver?.(this.#jobs.found(handed.receipt, handed.payload));
    }
  }

  /** Receipts of the jobs that run; `undefined` where the worker does not say. */
  running(): string[] | undefined {
    return this.#options.running?.().flatMap((job) => this.receipt(job) ?? []);
  }

  /** Where the lease has it; `undefined` where it is none of its jobs, or settled. */
  receipt(job: FetchedJob): string | undefined {
    return this.#jobs.handedOut(job) && this.#jobs.has(job) ? receiptOf(job) : undefined;
  }

  /** Sends outcomes, and asks for jobs. */
  async #send(outcomes: readonly Outcome[], request: FetchRequest | undefined): Promise<Sent> {
    const number = (this.#number += 1);
    const { settlements, refused } = claim(outcomes, { jobs: this.#jobs, number });
    // Nothing is awaited here as a rule: jobs that are about to start would start before this is
    // sent.
    if (settlements.some(({ jid }) => jid === undefined)) {
      await addJids(this.#parts.owners, settlements);
    }
    this.#unanswered.add(settlements);
    const encoded = encodeOutcomes(settlements, new Date().toISOString().slice(0, 10));
    const takesMore = request !== undefined && this.#options.onHandedOver !== undefined;
    const hasOffer = takesMore && this.#offer.begin(number);
    const wanted = this.#missing.any ? 0 : (request?.limit ?? 0) - this.#taken.length;
    const limit = this.#size.limit(Math.max(0, wanted));
    const { identity } = this.#link;
    const answer = await this.#link.run(exchangeScript, {
      identity,
      number,
      limit,
      request,
      hasOffer,
      takesMore,
      outcomes: encoded.args,
    });
    if (answer === "late") {
      this.#link.isUncertain = true;
      throw overtaken(identity);
    }
    this.#unanswered.delete(settlements);
    if (answer === "lost") {
      throw await this.#onLost();
    }
    const { others } = encoded;
    return { number, settlements, others, refused, takesMore, wanted, limit, answer };
  }

  /** Notes what an exchange has settled and fetched: nothing is awaited. */
  #apply({ number, settlements, others, takesMore, wanted, limit, answer }: Sent): Applied {
    const { milliseconds, refused } = answer;
    if (takesMore && this.#offer.answered(number, answer)) {
      // With the next exchange it is looked for.
      this.#link.isUncertain = true;
      this.#options.onWork();
    }
    for (const outcome of settlements) {
      this.#parts.metrics?.count(outcome);
      this.#jobs.delete(outcome.job);
    }
    this.#announce(others, Number(milliseconds) / 1000);
    const arrived = this.#jobs.fetched(number, milliseconds, answer.fetched);
    const isMore = this.#size.answered({ wanted, limit, fetched: arrived.length }, answer.isCut);
    this.#taken.push(...arrived);
    if (answer.holds !== undefined) {
      this.#seeHolds(answer.holds, arrived);
    }
    const late =
      refused.length === 0 ? [] : others.filter(({ job }) => refused.includes(receiptOf(job)));
    return { late, isMore };
  }

  /** Does what takes another question. */
  async #followUp({ others, answer }: Sent, late: readonly Settlement[]): Promise<void> {
    if (others.some(({ kind }) => kind === "dead")) {
      await this.#parts.onDeath();
    }
    const finished = finishedOf(others, late);
    if (finished.length > 0) {
      await this.#parts.onFinished(finished);
    }
    if (this.#missing.any) {
      // Now that what has ended is settled: should it not arrive, nothing else waits for it.
      await this.#loadMissing();
    }
    if (answer.anyRecoveries) {
      await this.#countLosses();
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

  #seeHolds({ unheld, areFree, nextFreeAt }: HoldsSeen, arrived: readonly LeaseJob[]): void {
    for (const [index, key] of unheld) {
      const job = arrived[index];
      if (job !== undefined) LeaseJob.handOutUnheld(job, key);
    }
    if (areFree) {
      this.#options.onWork();
    }
    if (nextFreeAt !== undefined) {
      this.#options.onDue(nextFreeAt);
    }
  }

  async #countLosses(): Promise<void> {
    const { owners, recoveries } = this.#parts;
    // Another exchange may take these along, or add to them, before the answer is here.
    const jobs = [...this.#taken];
    const identified = await Promise.all(
      jobs.map(({ payload, queue }) => owners.identify(payload, queue)),
    );
    const counts = await recoveries(identified.map(({ jid }) => jid));
    jobs.forEach((job, index) => {
      job.recoveries = counts[index] ?? 0;
    });
  }

  /**
   * Asks what the lease has, forgets what was settled by the lost exchange, and notes what it
   * fetched.
   */
  async #adopt(): Promise<void> {
    this.#offer.forget();
    const { identity } = this.#link;
    const held = await this.#link.run(adoptScript, { identity, number: (this.#number += 1) });
    if (held === undefined) {
      throw await this.#onLost();
    }
    this.#link.isUncertain = false;
    const sent = new Set([...this.#unanswered].flatMap((each) => each.map(({ job }) => job)));
    this.#unanswered.clear();
    this.#missing.replace(this.#jobs.compare(held, sent));
  }

  /** A part of what never arrived. */
  async #loadMissing(): Promise<void> {
    const { connection, keys } = this.#parts;
    const { identity } = this.#link;
    const what = `get ${this.#missing.shown} that worker "${identity}" holds and never got`;
    await this.#link.ask(what, () =>
      this.#missing.load(
        (...receipts) => connection.command("HMGET", keys.lease(identity), ...receipts),
        (receipt, payload, { unheld }) => {
          const job = this.#jobs.found(receipt, payload);
          if (unheld !== undefined) LeaseJob.handOutUnheld(job, unheld);
          this.#taken.push(job);
        },
      ),
    );
  }
}

/**
 * As where Redis had forgotten the script, and got this exchange once more, behind the later one.
 */
function overtaken(identity: string): AdapterError {
  return new AdapterError(
    `Cannot go on as worker "${identity}": a later exchange came to Redis first, and this one was refused. ` +
      "Send it again: nothing of it was done",
  );
}
