import { isHolding, type Keeping } from "../holds/keeping.ts";
import type { Context } from "../store/context.ts";
import type { Ends } from "./ends.ts";
import { STATES } from "./job.ts";
import type { JobTable } from "./job-table.ts";

/** How many dead jobs one death may make forgotten because of their age: it is one step. */
const MOST_TRIMMED = 10;

/** What forgetting the dead needs of all that is known of jobs. */
interface DeadParts {
  readonly table: JobTable;
  readonly ends: Ends;
  readonly keeping: Keeping;
}

/** The dead set, which is bounded. */
export class Dead {
  readonly #context: Context;
  readonly #parts: DeadParts;

  constructor(context: Context, parts: DeadParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** Forgets those that are too many, or too old. */
  trim(): void {
    const { table, ends, keeping } = this.#parts;
    const { deadMaxJobs, deadTimeout } = this.#context.settings;
    const before = this.#context.now - deadTimeout;
    const tooMany = Math.max(0, this.#context.dead - deadMaxJobs);
    const oldest = table.all(
      `state = ${STATES.dead} ORDER BY rank, ord LIMIT ?`,
      Math.max(tooMany, MOST_TRIMMED),
    );
    const over = oldest.filter(({ rank }, index) => index < tooMany || rank < before);
    for (const job of over) {
      this.#context.dead -= 1;
      table.delete(job);
      ends.note(job, "dead");
      if (isHolding(job)) {
        keeping.over(job);
      }
    }
  }
}
