import {
  around,
  beforeOrAfter,
  type AroundName,
  type CallbackName,
  type DiscardName,
} from "./callback.ts";
import type { DeclaringClass } from "./declarations.ts";
import { discardCallbacks, enqueueCallbacks, performCallbacks } from "./callbacks.ts";
import { discardCallback } from "./discard-callback.ts";
import type { JobHandle } from "../handle/job-handle.ts";
import type { Callback } from "../around/middleware.ts";
import { note } from "./note-declaration.ts";

/**
 * What happens around jobs of a class: a function, or the name of one of its public methods. Those
 * of a parent stay, and are outside of its subclasses' own.
 *
 * @example
 * ```ts
 * import { Command } from "mandate";
 *
 * class Import extends Command.initializeWith((file: string) => ({ file })) {
 *   static {
 *     this.beforePerform("open");
 *     this.afterPerform((job, command) => console.log(`${job.id} read ${command.rows} rows of ${command.file}`));
 *     this.aroundPerform("inTransaction");
 *   }
 *
 *   rows = 0;
 *
 *   open() {
 *     this.rows = 3; // what call() finds there
 *   }
 *
 *   async inTransaction(next: () => Promise<void>) {
 *     await next(); // call()
 *   }
 *
 *   call() {
 *     return this.rows;
 *   }
 * }
 *
 * await Import.defer("a.csv");
 * ```
 *
 * @see Active Job 8.1, `callbacks.rb`
 */
export abstract class CallbackMacros {
  /** Before a job is enqueued. Throw `abort` to keep it from being. */
  static beforeEnqueue<This extends DeclaringClass>(
    this: This,
    callback: CallbackName<This> | ((job: JobHandle, command: InstanceType<This>) => unknown),
  ): void {
    const where = `beforeEnqueue of ${this.name}`;
    noteEnqueue(this, beforeOrAfter("before", callback, where));
  }

  /** After the store has the job. The last declared runs first. */
  static afterEnqueue<This extends DeclaringClass>(
    this: This,
    callback: CallbackName<This> | ((job: JobHandle, command: InstanceType<This>) => unknown),
  ): void {
    const where = `afterEnqueue of ${this.name}`;
    noteEnqueue(this, beforeOrAfter("after", callback, where));
  }

  /** Around the enqueue: without `await next()` it does not happen. */
  static aroundEnqueue<This extends DeclaringClass>(
    this: This,
    callback:
      | AroundName<This>
      | ((job: JobHandle, next: () => Promise<void>, command: InstanceType<This>) => unknown),
  ): void {
    noteEnqueue(this, around(callback, `aroundEnqueue of ${this.name}`));
  }

  /** Before the job runs. Throw `abort` to finish it without having run. */
  static beforePerform<This extends DeclaringClass>(
    this: This,
    callback: CallbackName<This> | ((job: JobHandle, command: InstanceType<This>) => unknown),
  ): void {
    const where = `beforePerform of ${this.name}`;
    notePerform(this, beforeOrAfter("before", callback, where));
  }

  /** After the job ran without an error. The last declared runs first. */
  static afterPerform<This extends DeclaringClass>(
    this: This,
    callback: CallbackName<This> | ((job: JobHandle, command: InstanceType<This>) => unknown),
  ): void {
    const where = `afterPerform of ${this.name}`;
    notePerform(this, beforeOrAfter("after", callback, where));
  }

  /** Around the run: without `await next()` it does not happen. */
  static aroundPerform<This extends DeclaringClass>(
    this: This,
    callback:
      | AroundName<This>
      | ((job: JobHandle, next: () => Promise<void>, command: InstanceType<This>) => unknown),
  ): void {
    notePerform(this, around(callback, `aroundPerform of ${this.name}`));
  }

  /**
   * After the last run of a job that is over by an error: a rule discards it, or it is out of
   * retries and dead, or dropped. It does not run again by itself. A method gets the error and the
   * job. What it throws is logged. There is no command where the job's records were gone.
   */
  static afterDiscard<This extends DeclaringClass>(
    this: This,
    callback:
      | DiscardName<This>
      | ((job: JobHandle, error: unknown, command: InstanceType<This> | undefined) => unknown),
  ): void {
    const where = `afterDiscard of ${this.name}`;
    note(this, discardCallbacks, [discardCallback(callback, where)]);
  }
}

function noteEnqueue(declaring: DeclaringClass, callback: Callback): void {
  note(declaring, enqueueCallbacks, [callback]);
}

function notePerform(declaring: DeclaringClass, callback: Callback): void {
  note(declaring, performCallbacks, [callback]);
}
