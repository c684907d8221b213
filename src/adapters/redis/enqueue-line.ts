import { randomBytes } from "node:crypto";
import { clock } from "../../support/clock.ts";
import { isOwnJid } from "../../support/jid.ts";
import { AdapterError } from "../adapter-error.ts";
import type { Entry } from "../adapter.ts";
import { adapterError, isPassing, mayHaveRun } from "./connection.ts";
import type { RedisContext } from "./redis-context.ts";
import { enqueueScript } from "./scripts.ts";

/** More in one script would hold Redis too long. */
const SLICE = 1_000;

interface Waiting {
  readonly entries: readonly Entry[];
  readonly deadline: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Redis remembers a sender's numbers for ten minutes after the last: nothing is tried for longer. */
const LONGEST_TIMEOUT = 300;

/**
 * Sends what is enqueued in the same turn of the event loop together, in slices of at most 1,000 jobs. A batch
 * of that size or less is never divided: it is accepted as a whole.
 *
 * Sending is repeated while Redis is away, until the caller's time is over. That makes no second job: a batch has a
 * number, and Redis knows which it has taken.
 */
export class EnqueueLine {
  readonly #context: RedisContext;
  readonly #id = randomBytes(8).toString("hex");
  #waiting: Waiting[] = [];
  #number = 0;
  /** In order: numbers whose sending has not come to an end. */
  readonly #unanswered = new Set<number>();

  constructor(context: RedisContext) {
    this.#context = context;
  }

  /** @param timeout Seconds. @throws {AdapterError} if Redis did not take them. */
  async add(entries: readonly Entry[], timeout: number): Promise<void> {
    if (entries.length <= SLICE) {
      return this.#wait(entries, timeout);
    }
    const accepted: string[] = [];
    for (let from = 0; from < entries.length; from += SLICE) {
      const slice = entries.slice(from, from + SLICE);
      try {
        await this.#wait(slice, timeout);
      } catch (error) {
        throw error instanceof AdapterError
          ? new AdapterError(
              `${error.message}. Accepted before: ${accepted.length} of ${entries.length} jobs`,
              {
                cause: error.cause,
                accepted,
                maybeAccepted: error.maybeAccepted,
              },
            )
          : error;
      }
      accepted.push(...slice.map(({ jid }) => jid));
    }
  }

  #wait(entries: readonly Entry[], timeout: number): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      if (this.#waiting.length === 0) {
        queueMicrotask(() => this.#sendAll());
      }
      const deadline = clock.monotonic() + Math.min(timeout, LONGEST_TIMEOUT);
      this.#waiting.push({ entries, deadline, resolve, reject });
    });
  }

  #sendAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    let together: Waiting[] = [];
    let size = 0;
    for (const one of waiting) {
      if (size + one.entries.length > SLICE) {
        void this.#send(together);
        together = [];
        size = 0;
      }
      together.push(one);
      size += one.entries.length;
    }
    void this.#send(together);
  }

  async #send(together: readonly Waiting[]): Promise<void> {
    const number = (this.#number += 1);
    this.#unanswered.add(number);
    const [lowest = number] = this.#unanswered;
    const jobs = together.flatMap(({ entries }) => entries.flatMap(encode));
    const strange = strangePrerequisites(together);
    const { heartbeat } = this.#context;
    const args = [this.#id, number, lowest, heartbeat, strange.length, ...strange, ...jobs];
    const deadline = Math.min(...together.map((one) => one.deadline));
    try {
      await this.#sendUntil(args, deadline);
      together.forEach(({ resolve }) => resolve());
    } catch (error) {
      together.forEach(({ reject }) => reject(error));
    } finally {
      this.#unanswered.delete(number);
    }
  }

  async #sendUntil(args: readonly (string | number)[], deadline: number): Promise<void> {
    let mayHave = false;
    let reason: unknown;
    for (let pause = 0.02; ; pause = Math.min(pause * 2, 0.5)) {
      try {
        await inTime(this.#context.run(enqueueScript, args), deadline - clock.monotonic());
        return;
      } catch (error) {
        mayHave ||= error instanceof NoAnswer || mayHaveRun(error);
        // What was said before says more than a silence in the end.
        reason = error instanceof NoAnswer ? (reason ?? error) : error;
        if (!isPassing(error) || clock.monotonic() + pause > deadline) {
          const failure = adapterError("enqueue", reason);
          throw new AdapterError(failure.message, { cause: reason, maybeAccepted: mayHave });
        }
      }
      await clock.sleep(pause);
    }
  }
}

class NoAnswer extends Error {
  constructor() {
    super("no answer in time");
  }
}

async function inTime<Answer>(answer: Promise<Answer>, seconds: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer()), Math.max(0, seconds * 1000));
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function encode(entry: Entry): (string | number)[] {
  const { jid, queue, payload, at, prereqs = [], prereqFailure = "release" } = entry;
  const unique = [...new Set(prereqs)];
  return [jid, queue, payload, at ?? "", prereqFailure, unique.length, ...unique];
}

/** Those that may be jobs of Ruby's. */
function strangePrerequisites(together: readonly Waiting[]): string[] {
  const strange = new Set<string>();
  for (const { prereqs = [] } of together.flatMap(({ entries }) => entries)) {
    prereqs.filter((jid) => !isOwnJid(jid)).forEach((jid) => strange.add(jid));
  }
  if (strange.size > 0) {
    together.forEach(({ entries }) => entries.forEach(({ jid }) => strange.delete(jid)));
  }
  return [...strange];
}
