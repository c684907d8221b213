import { clock } from "../../../support/clock.ts";
import { Few } from "../../../support/few.ts";
import { AdapterError } from "../../adapter-error.ts";
import type { Entry } from "../../adapter.ts";
import type { DocumentWrite } from "../../documents.ts";
import { ALL_ACCEPTED, type EnqueueAnswer } from "../../enqueue-answer.ts";
import { answersTo } from "./answer-to.ts";
import { DeliveryNumbers } from "../../delivery-numbers.ts";
import { Delivery } from "./delivery.ts";
import type { DocumentNews } from "../documents/document-news.ts";
import { addInSlices } from "./in-slices.ts";
import { UncertainJobs } from "./uncertain-jobs.ts";
import { chooseScript, holdsKeys, withDocuments, type Acceptable } from "./choose-script.ts";
import { ALL, type Accepted } from "./enqueue-scripts.ts";
import type { RedisContext } from "../redis-context.ts";

/** More in one script would hold Redis too long. */
const SLICE = 1_000;
/** As `SLICE`, where some have to hold keys: these take Redis twice as long. */
const HOLDING_SLICE = 100;
/**
 * So many go at once, and Redis takes them while those that follow are made. Fewer would cost more
 * each.
 */
const ENOUGH = 50;
/** As `ENOUGH`, of what comes with documents: each step wakes all who work. */
const ENOUGH_GIVEN = 100;

/** Seconds. Redis remembers a batch's number for twenty minutes: nothing is tried for longer. */
const LONGEST_TIMEOUT = 300;

/**
 * What follows it is done in this turn, after what runs. Cheaper than `queueMicrotask`, which keeps
 * account of each call.
 */
const AT_ONCE = Promise.resolve();

interface Waiting {
  readonly entries: readonly Entry[];
  /** A document that is written in the same step. */
  readonly given: DocumentWrite | undefined;
  readonly deadline: number;
  readonly resolve: (answer: EnqueueAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends what is enqueued in the same turn of the event loop together, some 50 jobs at a time. A
 * batch of at most 1,000 (100 where some hold keys) is never divided: it is accepted as a whole.
 * Sending is repeated while Redis is away, until the caller's time is over.
 */
export class EnqueueLine {
  readonly #context: RedisContext;
  readonly #numbers = new DeliveryNumbers();
  readonly #uncertain: UncertainJobs;
  readonly #news: DocumentNews;
  #waiting: Waiting[] = [];
  /** How many jobs wait. */
  #size = 0;
  /** What is on its way. */
  readonly #deliveries = new Few<Delivery>();
  #alarm: { readonly at: number; readonly timer: NodeJS.Timeout } | undefined;

  constructor(context: RedisContext, { news }: { readonly news: DocumentNews }) {
    this.#context = context;
    this.#uncertain = new UncertainJobs(context);
    this.#news = news;
  }

  /**
   * @param timeout Seconds.
   * @param given A document that is written in the same step.
   * @throws {AdapterError} if Redis did not take them.
   */
  add(entries: readonly Entry[], timeout: number, given?: DocumentWrite): Promise<EnqueueAnswer> {
    return this.#uncertain.concern(entries)
      ? this.#addAgain(entries, timeout, given)
      : this.#add(entries, timeout, given);
  }

  /** What has not been answered is not asked for any more. */
  close(): void {
    this.#uncertain.close();
    this.#news.tell();
  }

  async #addAgain(
    entries: readonly Entry[],
    timeout: number,
    given: DocumentWrite | undefined,
  ): Promise<EnqueueAnswer> {
    const began = clock.monotonic();
    await this.#uncertain.resolve(entries, timeout);
    const left = timeout - (clock.monotonic() - began);
    return this.#add(remembered(entries), left, given);
  }

  #add(
    entries: readonly Entry[],
    timeout: number,
    given: DocumentWrite | undefined,
  ): Promise<EnqueueAnswer> {
    const size = entries.length > HOLDING_SLICE && entries.some(holdsKeys) ? HOLDING_SLICE : SLICE;
    // What comes with a document is never divided.
    return entries.length <= size || given !== undefined
      ? this.#wait(entries, timeout, given)
      : addInSlices(entries, {
          size,
          send: (slice) => this.#wait(slice, timeout, undefined),
          onPart: (jids) => this.#uncertain.add({ place: undefined, jids }),
        });
  }

  #wait(
    entries: readonly Entry[],
    timeout: number,
    given: DocumentWrite | undefined,
  ): Promise<EnqueueAnswer> {
    return new Promise<EnqueueAnswer>((resolve, reject) => {
      if (this.#size + entries.length > SLICE || !this.#mayGoTogether(given)) {
        this.#sendAll();
      }
      if (this.#waiting.length === 0) {
        void AT_ONCE.then(this.#sendAll);
      }
      const deadline = clock.monotonic() + Math.min(timeout, LONGEST_TIMEOUT);
      this.#waiting.push({ entries, given, deadline, resolve, reject });
      this.#size += given === undefined ? entries.length : entries.length + 1;
      if (this.#size >= (given === undefined ? ENOUGH : ENOUGH_GIVEN)) {
        this.#sendAll();
      }
    });
  }

  /** With a document only what has others with it: in one step each is written once. */
  #mayGoTogether(given: DocumentWrite | undefined): boolean {
    const [first] = this.#waiting;
    if (first === undefined) {
      return true;
    }
    return given === undefined
      ? first.given === undefined
      : this.#waiting.every(({ given: other }) => other !== undefined && other.name !== given.name);
  }

  readonly #sendAll = (): void => {
    if (this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      this.#size = 0;
      this.#send(waiting);
    }
  };

  #send(together: readonly Waiting[]): void {
    const jobs = acceptable(together);
    const number = this.#numbers.next();
    const delivery = new Delivery({
      context: this.#context,
      jobs,
      number,
      deadline: together.reduce((least, { deadline }) => Math.min(least, deadline), Infinity),
      onEnd: (ended, error, accepted) => {
        this.#deliveries.delete(ended);
        if (error instanceof AdapterError && error.maybeAccepted) {
          this.#uncertain.add({ place: number.place, jids: jobs.entries.map(({ jid }) => jid) });
        } else if (error !== undefined && jobs.documents.length > 1 && ended.isInTime) {
          // What is wrong with one is nothing that the others have to do with.
          together.forEach((one) => this.#send([one]));
          return;
        }
        if (error === undefined) {
          jobs.documents.forEach(({ write }, index) => {
            if (accepted.documents[index]?.version !== undefined) this.#news.add(write);
          });
          answer(together, accepted);
        } else {
          together.forEach(({ reject }) => reject(error));
        }
      },
    });
    this.#deliveries.add(delivery);
    delivery.send();
    this.#watch(delivery.deadline);
  }

  /** One timer for all: it is left as it is when the delivery that it was set for ends. */
  #watch(deadline: number): void {
    if (this.#alarm !== undefined && this.#alarm.at <= deadline) {
      return;
    }
    clearTimeout(this.#alarm?.timer);
    const ms = Math.ceil(Math.max(0, deadline - clock.monotonic()) * 1000);
    this.#alarm = { at: deadline, timer: setTimeout(() => this.#expire(), ms).unref() };
  }

  #expire(): void {
    this.#alarm = undefined;
    const now = clock.monotonic();
    for (const delivery of this.#deliveries) {
      if (delivery.deadline <= now) {
        delivery.expire();
      } else {
        this.#watch(delivery.deadline);
      }
    }
  }
}

function acceptable(together: readonly Waiting[]): Acceptable {
  const [first] = together;
  if (first?.given !== undefined) {
    return withDocuments(together);
  }
  return chooseScript(
    first !== undefined && together.length === 1
      ? first.entries
      : together.flatMap((one) => one.entries),
  );
}

function answer(together: readonly Waiting[], accepted: Accepted): void {
  if (accepted === ALL) {
    together.forEach(({ resolve }) => resolve(ALL_ACCEPTED));
    return;
  }
  const answers = answersTo(together, accepted);
  together.forEach(({ resolve }, index) => resolve(answers[index] ?? ALL_ACCEPTED));
}

function remembered(entries: readonly Entry[]): Entry[] {
  return entries.map((entry) => ({ ...entry, remembered: true }));
}
