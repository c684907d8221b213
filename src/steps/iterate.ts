import { checkInteger, checkOptionNames, describeType } from "../job/checks/checks.ts";
import { doStep, runOf } from "./do-step.ts";
import { partsOf } from "./source.ts";
import { StepInterrupted } from "./step-interrupted.ts";
import type { Step } from "./step.ts";

/** How an iteration goes through its source. */
export interface IterateOptions {
  /**
   * Has `each` called with pages of so many items, of which the last may have fewer. Another number
   * in another deploy loses nothing: a cursor belongs to an item.
   *
   * @default one item at a time
   */
  readonly batchSize?: number;
  /**
   * Whether a source that is given a cursor begins with the item that has it, as those of Sidekiq's
   * `IterableJob` do, or behind that. @default false
   */
  readonly inclusive?: boolean;
}

/** Methods of a command that are told how its iterations fare. */
interface IterationHooks {
  onStart?(name: string): unknown;
  onResume?(name: string): unknown;
  onStop?(name: string): unknown;
  onCancel?(name: string): unknown;
  onComplete?(name: string): unknown;
}

interface Iteration {
  readonly source: unknown;
  readonly each: (given: never) => unknown;
  readonly options: IterateOptions;
}

/** A step that does the same with each item of a source, and goes on where it was. */
export async function iterate(
  command: object,
  name: string,
  { source, each, options }: Iteration,
): Promise<void> {
  const where = `iteration ${JSON.stringify(name)} of ${command.constructor.name}`;
  checkOptionNames(options, ["batchSize", "inclusive"], `the options of ${where}`);
  const { batchSize, inclusive = false } = options;
  if (batchSize !== undefined) {
    checkInteger(batchSize, `batchSize of ${where}`, 1);
  }
  if (typeof each !== "function") {
    throw new TypeError(
      `Cannot go through ${where}: what is to be done with each is ${describeType(each)}. Give a function`,
    );
  }
  const hooks = command as IterationHooks;
  await doStep(command, name, async (step: Step<never>) => {
    await (step.isResumed ? hooks.onResume?.(name) : hooks.onStart?.(name));
    noteBegun(step);
    try {
      const { cursor } = step;
      const isInclusive = inclusive && !Array.isArray(source);
      for await (const part of partsOf(source, { cursor, size: batchSize ?? 1, where })) {
        if (isInclusive) {
          await step.advance(part.begin as never);
        }
        await each((batchSize === undefined ? part.items[0] : part.items) as never);
        if (!isInclusive) {
          await step.advance(part.end as never);
        }
      }
    } catch (error) {
      if (error instanceof StepInterrupted) {
        await hooks.onStop?.(name);
      } else if (runOf(command)?.cancellation !== undefined) {
        await hooks.onCancel?.(name);
      }
      throw error;
    }
    await hooks.onComplete?.(name);
  });
}

/** A later run is to know that it was begun, even where nothing of it is done. */
function noteBegun(step: Step<never>): void {
  if ("isNoted" in step) {
    step.isNoted = true;
  }
}
