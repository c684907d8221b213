import { checkFunction } from "../../job/checks/checks.ts";
import type { DeclaringClass } from "../../job/declare/declarations.ts";
import type { ArgumentsOf } from "../../job/declare/job-macros.ts";
import { note } from "../../job/declare/note-declaration.ts";
import { fairTrait } from "./fairness.ts";

export abstract class FairMacro {
  /**
   * Says whose a job is: of the jobs that wait in a queue with one priority, of whatever classes,
   * those of different owners take turns, so that one's 100,000 do not hold up another's one. Those
   * of one owner come as they were enqueued.
   *
   * @param by Makes the owner's key of the arguments: anything that can be deferred, records by
   * reference; `null` for nobody's. `false` takes back what a parent declared.
   *
   * @example
   * ```ts
   * import { Command } from "mandate";
   *
   * class ImportRow extends Command.initializeWith((accountId: number, row: string) => ({
   *   accountId,
   *   row,
   * })) {
   *   static {
   *     this.fairBy((accountId) => accountId);
   *   }
   *
   *   call() {}
   * }
   * ```
   */
  static fairBy<This extends DeclaringClass>(
    this: This,
    by: ((...args: ArgumentsOf<This>) => unknown) | false,
  ): void {
    if (by !== false) {
      checkFunction(by, `fairBy of ${this.name}`);
    }
    note(this, fairTrait, {
      by,
      key: undefined,
      ofQueues: {},
    });
  }
}
