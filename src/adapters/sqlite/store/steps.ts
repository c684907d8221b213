// From the module, not from the global object: fake timers leave it alone.
import { setImmediate, setTimeout } from "node:timers";
import { MandateError } from "../../../support/errors.ts";
import { thrownMessage } from "../../../support/thrown.ts";
import { AdapterError } from "../../adapter-error.ts";
import type { Context } from "./context.ts";
import type { Database } from "./database.ts";
import type { Notices } from "./notices.ts";

/** How many steps go into one transaction at most: others want to write, too. */
const MOST_STEPS = 200;
/** Milliseconds until the lock is asked for again, at least and at most. */
const PAUSES = { least: 1, most: 20 };
/** Seconds for which the lock is waited for, unless a caller says. */
const PATIENCE = 30;

/** How a step is to be made. */
export interface StepOptions {
  /** Its end is on the disk before it is answered. @default false: as soon as a later one is */
  readonly isDurable?: boolean;
  /** Seconds to wait for other processes at most. */
  readonly timeout?: number | undefined;
}

interface Pending {
  readonly step: () => unknown;
  readonly isDurable: boolean;
  readonly deadline: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** What steps need of their adapter. */
export interface StepsParts {
  readonly context: Context;
  readonly now: () => number;
  /** Whether durable steps are. */
  readonly isDurable: boolean;
  /** Opens the file, the first time. */
  readonly open: () => Database;
  /** Called within the transaction, when all of its steps are made. */
  readonly onEnd: (notices: Notices) => void;
  /** Called once it is done. */
  readonly onDone: (notices: Notices) => void;
}

/**
 * Steps that write, one after the other. Those that are asked for in one turn of the event loop are
 * one transaction, and wait for the disk together.
 */
export class Steps {
  readonly #parts: StepsParts;
  #pending: Pending[] = [];
  #isScheduled = false;
  #database: Database | undefined;
  #isDurable = false;
  #isClosed = false;
  #pause = PAUSES.least;

  constructor(parts: StepsParts) {
    this.#parts = parts;
  }

  /**
   * Makes a step that writes.
   *
   * @param step All or nothing; a `MandateError` is thrown before anything is written.
   * @throws {AdapterError} if the file could not be written.
   */
  write<Value>(
    step: () => Value,
    { isDurable = false, timeout }: StepOptions = {},
  ): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      const deadline = performance.now() + (timeout ?? PATIENCE) * 1000;
      this.#pending.push({
        step,
        isDurable,
        deadline,
        resolve: resolve as (value: unknown) => void,
        reject,
      });
      this.#schedule();
    });
  }

  /** Makes a step that only reads: all that it reads is of one moment. */
  async read<Value>(step: () => Value): Promise<Value> {
    const deadline = performance.now() + PATIENCE * 1000;
    for (;;) {
      try {
        return this.#read(step);
      } catch (error) {
        if (!this.#isBusy(error) || performance.now() > deadline) {
          throw asAdapterError(error, "read");
        }
        await new Promise((resolve) => setTimeout(resolve, PAUSES.least));
      }
    }
  }

  /** No step is made any more; those under way are. */
  close(): void {
    if (this.#pending.length > 0) {
      this.#drain();
    }
    this.#isClosed = true;
    this.#refuse(this.#pending.splice(0), new Error("It is closed"));
    this.#database?.close();
    this.#database = undefined;
  }

  #read<Value>(step: () => Value): Value {
    const database = this.#open();
    this.#parts.context.begin(this.#parts.now());
    database.exec("BEGIN");
    try {
      return step();
    } finally {
      database.exec("COMMIT");
    }
  }

  #open(): Database {
    if (this.#isClosed) {
      throw new AdapterError("Cannot use this SQLite adapter: it is closed. Make a new one");
    }
    if (this.#database === undefined) {
      this.#database = this.#parts.open();
      this.#parts.context.opened(this.#database);
    }
    return this.#database;
  }

  #schedule(): void {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(() => {
        this.#isScheduled = false;
        this.#drain();
      });
    }
  }

  #drain(): void {
    const steps = this.#pending.splice(0, MOST_STEPS);
    if (steps.length === 0) {
      return;
    }
    try {
      this.#make(steps);
      this.#pause = PAUSES.least;
    } catch (error) {
      if (this.#isBusy(error)) {
        this.#wait(steps, error);
        return;
      }
      this.#refuse(steps, error);
    }
    if (this.#pending.length > 0) {
      this.#schedule();
    }
  }

  /** Asks for the lock again later. Those whose time is over are told so. */
  #wait(steps: readonly Pending[], error: unknown): void {
    const now = performance.now();
    this.#refuse(
      steps.filter(({ deadline }) => deadline <= now),
      error,
    );
    this.#pending.unshift(...steps.filter(({ deadline }) => deadline > now));
    this.#pause = Math.min(PAUSES.most, this.#pause * 2);
    if (this.#pending.length > 0) {
      this.#isScheduled = true;
      setTimeout(
        () => {
          this.#isScheduled = false;
          this.#drain();
        },
        PAUSES.least + Math.random() * this.#pause,
      );
    }
  }

  #refuse(steps: readonly Pending[], error: unknown): void {
    for (const { reject } of steps) {
      reject(asAdapterError(error, "write"));
    }
  }

  /** @throws what the driver throws; nothing was done then. */
  #make(steps: readonly Pending[]): void {
    const database = this.#open();
    this.#synchronize(database, this.#parts.isDurable && steps.some(({ isDurable }) => isDurable));
    database.run("BEGIN IMMEDIATE");
    const answers: (() => void)[] = [];
    const { context, now, onEnd, onDone } = this.#parts;
    let notices: Notices;
    try {
      context.begin(now());
      for (const { step, resolve, reject } of steps) {
        context.beginStep();
        answers.push(answerOf(step, { resolve, reject }));
      }
      ({ notices } = context);
      onEnd(notices);
      context.flush();
      database.run("COMMIT");
    } catch (error) {
      rollBack(database);
      context.forget();
      if (steps.length > 1 && !this.#isBusy(error)) {
        // One of them is at fault, and the others are not to pay for it.
        this.#makeOneByOne(steps);
        return;
      }
      throw error;
    }
    answers.forEach((answer) => answer());
    onDone(notices);
  }

  #makeOneByOne(steps: readonly Pending[]): void {
    for (const step of steps) {
      try {
        this.#make([step]);
      } catch (error) {
        this.#refuse([step], error);
      }
    }
  }

  /** How far a commit goes: to the disk, or to the log that a later one takes along. */
  #synchronize(database: Database, isDurable: boolean): void {
    if (this.#isDurable !== isDurable) {
      this.#isDurable = isDurable;
      database.exec(`PRAGMA synchronous = ${isDurable ? "FULL" : "NORMAL"}`);
    }
  }

  #isBusy(error: unknown): boolean {
    return this.#database?.driver.isBusy(error) === true;
  }
}

/** Makes a step. @returns what tells its caller. */
function answerOf(
  step: () => unknown,
  { resolve, reject }: Pick<Pending, "resolve" | "reject">,
): () => void {
  try {
    const value = step();
    return () => resolve(value);
  } catch (error) {
    if (error instanceof MandateError) {
      return () => reject(error);
    }
    throw error;
  }
}

function rollBack(database: Database): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // SQLite has rolled back by itself, as it does where the disk is full.
  }
}

function asAdapterError(error: unknown, deed: string): unknown {
  return error instanceof MandateError
    ? error
    : new AdapterError(`Cannot ${deed} the file of jobs: ${thrownMessage(error)}`, {
        cause: error,
      });
}
