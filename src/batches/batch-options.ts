import { isCollecting } from "../job/defer/defer-after.ts";
import { checkFunction, checkOptionNames, describe } from "../job/checks/checks.ts";
import type { Callback } from "./callbacks.ts";

/** What a batch is made with. */
export interface BatchOptions {
  /** What operators see. */
  readonly description?: string;
  /** Enqueued once each of its jobs is done, or has left. */
  readonly onSuccess?: Callback | undefined;
  /** Enqueued once each of its jobs has been tried, or has left: also where some have failed. */
  readonly onComplete?: Callback | undefined;
  /** Enqueued when the first of its jobs dies. */
  readonly onDeath?: Callback | undefined;
  /**
   * The batch that it belongs to, which waits for it: a batch or its id; `false`: none.
   *
   * @default the one around: of the job that makes it, or of the block
   */
  readonly parent?: Parent | undefined;
  /**
   * Jobs may be added from anywhere until `close()`, for 30 days at most. @default false
   */
  readonly keepOpen?: boolean;
  /**
   * Jobs are sent when the block has ended, none of them if it throws: up to 1,000 in one step,
   * more in such slices. @default false
   */
  readonly atomic?: boolean;
}

const OPTIONS = [
  "description",
  "onSuccess",
  "onComplete",
  "onDeath",
  "parent",
  "keepOpen",
  "atomic",
];

/** A batch, its id, or none. */
type Parent = { readonly id: string; toJSON(): string } | string | false;

/** @throws {TypeError} if one cannot be used, or this is no place to make a batch. */
export function checkOptions(options: BatchOptions, block: unknown): BatchOptions {
  checkOptionNames(options, OPTIONS, "the options of Batch.create");
  const { keepOpen = false, atomic, description } = options;
  if (block !== undefined || !keepOpen) {
    checkFunction(block, "Batch.create", "a function that defers its jobs");
  }
  if (description !== undefined && typeof description !== "string") {
    throw new TypeError(
      `Cannot use ${describe(description)} as description in Batch.create: give a text`,
    );
  }
  if (keepOpen && atomic === true) {
    throw new TypeError(
      "Cannot keep a batch open whose jobs are sent all at once: leave keepOpen or atomic out",
    );
  }
  refuseCollecting("create a batch");
  return options;
}

/** @throws {TypeError} inside of a `deferAfter`. */
export function refuseCollecting(deed: string): void {
  if (isCollecting()) {
    throw new TypeError(
      `Cannot ${deed} inside of deferAfter: its jobs would come when the batch is closed already. ` +
        "Do it once the deferAfter has resolved",
    );
  }
}

/** The id of the batch that another is to be in, if it is to be in one. */
export function parentIn(parent: Parent | undefined): string | undefined {
  if (parent === undefined || parent === false) {
    return undefined;
  }
  return typeof parent === "object" ? parent.id : parent;
}
