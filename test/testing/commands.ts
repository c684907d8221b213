import { Command } from "mandate";

/** What ran, in order. */
export const ran: unknown[] = [];

export class Note extends Command.initializeWith((value: unknown) => ({ value })) {
  call() {
    ran.push(this.value);
  }
}

/** Defers another. */
export class Twice extends Command.initializeWith((value: string) => ({ value })) {
  async call() {
    ran.push(`before ${this.value}`);
    await Note.defer(this.value);
    ran.push(`after ${this.value}`);
  }
}

/** Requeues itself. */
export class Again extends Command {
  call() {
    ran.push("again");
    this.requeueJob("1 minute");
  }
}

export class BusyError extends Error {}

/** Fails so often, and is retried twice. */
export class Flaky extends Command.initializeWith((failures: number) => ({ failures })) {
  static {
    this.retryOn(BusyError, { wait: "1 hour", attempts: 3 });
  }

  call() {
    const run = (this.job?.executions ?? 0) + 1;
    if (run <= this.failures) throw new BusyError(`failure ${run}`);
    ran.push("flaky");
  }
}

/** Fails, each time with an error of its own. */
export class Fails extends Command.initializeWith((message: string) => ({ message })) {
  static readonly errors: Error[] = [];

  call() {
    const error = new RangeError(this.message);
    Fails.errors.push(error);
    throw error;
  }
}

export function forgetRuns(): void {
  ran.length = 0;
  Fails.errors.length = 0;
}
