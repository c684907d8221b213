import type { Exchange, FetchedJob, Outcome } from "../adapters/adapter.ts";
import { publishLimited } from "../job/observe/observe.ts";
import { clock } from "../support/clock.ts";
import { Few } from "../support/few.ts";
import type { Logger } from "../support/logger.ts";
import type { Cancellations } from "./cancellations.ts";
import { jidOf, nameOf } from "./jid-of.ts";
import type { LeaseKeeper, Session } from "./lease.ts";
import { pause, type Outage } from "./outage.ts";
import type { QueueOrder } from "./queue-order.ts";
import type { Slots } from "./slots.ts";
import { inNextTurn } from "../support/turn.ts";

/** Jobs, or outcomes, in one exchange: the store's other clients wait for as long as it takes. */
const MOST_AT_ONCE = 1000;
/** Exchanges that are under way at a time, where jobs end faster than the store hands them out. */
const MOST_UNDER_WAY = 2;
/** For fewer jobs a second one costs more than it saves. */
const WORTH_A_SECOND = 50;

export interface FetcherOptions {
  readonly slots: Slots;
  readonly leases: LeaseKeeper;
  readonly order: QueueOrder;
  readonly outage: Outage;
  readonly logger: Logger;
  readonly cancellations: Cancellations;
  /** Blocked jobs wait to be handed on. */
  readonly onReleasable: () => void;
}

/**
 * The pump between store and slots: an exchange settles what has ended, and fetches for free slots.
 *
 * An exchange begins with a turn of the event loop. So whatever ends in one turn shares it, and
 * timers and I/O have theirs however many jobs wait. Where the answer itself took a turn and
 * brought all that was asked for, the next exchange is sent before those jobs start: the store
 * works on it while they run. Where jobs end at once, two are under way, so that neither waits for
 * the other. A store that had fewer jobs than asked for is asked again once it reports work.
 */
export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #ended = new AbortController();
  #outcomes: Outcome[] = [];
  /** Sent to the store, which did not answer yet: those of each exchange. */
  readonly #sent = new Few<readonly Outcome[]>();
  /** How many jobs the store was asked for, and did not answer yet. */
  #expected = 0;
  #fetching = false;
  /** The store may have jobs: it said so, or was not asked yet. */
  #mayHaveJobs = true;
  /** Among the outcomes are some that put jobs back. */
  #putsBack = false;
  #scheduled = false;
  #exchanging = false;
  /** Exchanges that are under way, but for the one that is awaited: the oldest first. */
  readonly #next: Promise<void>[] = [];
  #exchanges = 0;
  #exchangedAt = -Infinity;
  /** An exchange is wanted, be there anything to do or not: to see that the store answers. */
  #beat = false;
  /** Jobs wait that nobody may fetch ahead. */
  #wantsTurn = false;
  #whenSettled: (() => void)[] = [];
  #whenExchanged: (() => void)[] = [];

  constructor(options: FetcherOptions) {
    this.#options = options;
  }

  get fetching(): boolean {
    return this.#fetching;
  }

  get exchanges(): number {
    return this.#exchanges;
  }

  /** Seconds since the last of them was answered; `Infinity` before the first. */
  get sinceExchange(): number {
    return clock.monotonic() - this.#exchangedAt;
  }

  /** Whether nothing runs, nothing is to be settled, and the store had no more jobs. */
  get idle(): boolean {
    return this.#isSettled() && this.#options.slots.idle && !(this.#fetching && this.#mayHaveJobs);
  }

  start(): void {
    this.#fetching = true;
    this.#wake();
  }

  /** Fetches no more, and goes on settling. */
  quiet(): void {
    this.#fetching = false;
    call(this.#whenExchanged);
  }

  /** Gives up what is not settled. */
  end(): void {
    this.#fetching = false;
    this.#ended.abort();
    this.#drop([...this.#sent].flat(), "the store does not answer, and this worker ends");
    this.drop("the store does not answer, and this worker ends");
    call(this.#whenSettled);
  }

  settle(outcome: Outcome): void {
    this.#outcomes.push(outcome);
    if (outcome.kind !== "done") {
      this.#putsBack = true;
    }
    this.#wake();
  }

  /** The store may have jobs. Cheap enough to be called for each that is enqueued. */
  work(): void {
    this.#mayHaveJobs = true;
    this.#wake();
  }

  /** The store handed a job over by itself. */
  handedOver(job: FetchedJob): void {
    if (this.#fetching) {
      // With its outcome the next one is asked for.
      this.#mayHaveJobs = true;
      this.#options.slots.accept([job]);
    } else {
      this.settle({ kind: "release", job, jid: jidOf(job) });
    }
  }

  /** To be called now and then: an idle worker asks too, so that it does not seem deaf. */
  beat(): void {
    this.#beat = true;
    this.work();
  }

  /** Forgets all outcomes, and says so. */
  drop(why: string): void {
    this.#drop(this.#outcomes.splice(0), why);
  }

  /** Resolves when nothing is to be settled, or when this has ended. */
  settled(): Promise<void> {
    return this.#isSettled()
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#whenSettled.push(resolve);
        });
  }

  /** Resolves after the next exchange, or when this fetches no more. */
  exchanged(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenExchanged.push(resolve);
    });
  }

  #isSettled(): boolean {
    return !this.#scheduled && !this.#exchanging && this.#outcomes.length === 0;
  }

  #wake(): void {
    if (!this.#scheduled && !this.#exchanging && this.#hasReason()) {
      this.#scheduled = true;
      inNextTurn(() => void this.#pump());
    }
  }

  #hasReason(): boolean {
    if (this.#options.leases.session === undefined || this.#ended.signal.aborted) {
      return false;
    }
    return this.#beat || this.#outcomes.length > 0 || this.#limit() > 0;
  }

  #limit(arriving = 0): number {
    const { slots } = this.#options;
    if (!this.#fetching || !this.#mayHaveJobs) return 0;
    return Math.min(MOST_AT_ONCE, slots.room(arriving + this.#expected, this.#wantsTurn));
  }

  /** Never rejects. */
  async #pump(): Promise<void> {
    const { leases, slots } = this.#options;
    this.#scheduled = false;
    const { session } = leases;
    if (session !== undefined && this.#hasReason()) {
      this.#exchanging = true;
      let current: Promise<void> | undefined = this.#exchange(session);
      while (current !== undefined) {
        await current;
        call(this.#whenExchanged);
        current = this.#next.shift();
      }
      this.#exchanging = false;
    }
    if (this.#outcomes.length === 0) {
      slots.startAlone();
    }
    this.#wake();
    call(this.#whenExchanged);
    if (this.#isSettled()) {
      call(this.#whenSettled);
    }
  }

  /** @param arriving Jobs of the exchange before, which start once this one is on its way. */
  async #exchange(session: Session, arriving = 0): Promise<void> {
    const { leases, order, outage, slots } = this.#options;
    const outcomes = this.#outcomes;
    this.#outcomes = outcomes.length > MOST_AT_ONCE ? outcomes.splice(MOST_AT_ONCE) : [];
    this.#sent.add(outcomes);
    const putBack = this.#putsBack;
    this.#putsBack = putBack && this.#outcomes.length > 0;
    this.#beat = false;
    const limit = this.#limit(arriving);
    const turns = Math.max(0, slots.free(arriving + this.#expected));
    const request = limit > 0 ? { queues: order.next(), limit, turns } : undefined;
    this.#expected += limit;
    // From here on the store reports anew: what it reports meanwhile is not forgotten after.
    this.#mayHaveJobs = this.#mayHaveJobs && request === undefined;
    let hadTurn = false;
    inNextTurn(() => void (hadTurn = true));
    try {
      const exchange = await session.lease.exchange(outcomes, request);
      this.#answered(outcomes, limit);
      this.#exchanges += 1;
      this.#exchangedAt = clock.monotonic();
      leases.served();
      if (exchange.parked !== undefined) publishLimited(exchange);
      const isFull = limit > 0 && exchange.jobs.length >= limit;
      this.#wantsTurn = limit > 0 ? exchange.wantsTurn === true : this.#wantsTurn;
      this.#mayHaveJobs ||= putBack || isFull || exchange.isMore === true || this.#wantsTurn;
      // Where fewer came, others may with what has ended.
      if (hadTurn && (isFull || (exchange.isMore === true && this.#outcomes.length > 0))) {
        this.#sendAhead(session, exchange.jobs.length);
      }
      this.#take(exchange, session);
    } catch (error) {
      this.#answered(outcomes, limit);
      this.#mayHaveJobs = true;
      leases.failed(session, error);
      if (session !== leases.session) {
        if (!this.#ended.signal.aborted) {
          this.#drop(outcomes, "its lease was lost");
        }
        return;
      }
      this.#outcomes = outcomes.concat(this.#outcomes);
      await pause(outage.failed("exchange", error), this.#ended.signal);
    }
  }

  #answered(outcomes: readonly Outcome[], limit: number): void {
    this.#sent.delete(outcomes);
    this.#expected -= limit;
  }

  /** The next exchanges, of which each may find jobs. */
  #sendAhead(session: Session, arriving: number): void {
    for (let least = 1; this.#next.length < MOST_UNDER_WAY; least = WORTH_A_SECOND) {
      this.#mayHaveJobs = true;
      if (session !== this.#options.leases.session || this.#limit(arriving) < least) {
        break;
      }
      this.#next.push(this.#exchange(session, arriving));
    }
  }

  #take({ jobs, refused, releasable }: Exchange, session: Session): void {
    const { leases, slots, cancellations, onReleasable } = this.#options;
    if (session === leases.session) {
      slots.accept(cancellations.sift(jobs));
    }
    this.#drop(
      refused.map((job) => ({ job, jid: jidOf(job) })),
      "the store says that this worker does not hold it",
    );
    if (releasable) {
      onReleasable();
    }
  }

  #drop(outcomes: readonly Pick<Outcome, "job" | "jid">[], why: string): void {
    for (const { job, jid } of outcomes) {
      this.#options.logger.warn(
        { jid, queue: job.queue },
        `Dropped the outcome of ${nameOf(job)}, which may run again: ${why}`,
      );
    }
  }
}

function call(waiting: (() => void)[]): void {
  waiting.splice(0).forEach((resolve) => resolve());
}
