import { checkInteger, checkOptionNames, describeType } from "../job/checks/checks.ts";
import { doStep, runOf, stepsOf } from "./do-step.ts";
import { RubyIteration } from "./ruby-iteration.ts";
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
interface Hooks {
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
  // What Ruby keeps is the cursor of the item that is next.
  const isShared = inclusive || Array.isArray(source);
  let ruby: RubyIteration | undefined;
  await doStep(command, name, async (step: Step<never>) => {
    ruby = isShared ? RubyIteration.of(runOf(command), () => step.cursor) : undefined;
    const known = await ruby?.begin();
    const hooks: Hooks = command;
    const isCounted = Array.isArray(source);
    const goThrough = async (): Promise<void> => {
      await goOn(step, known);
      await (step.isResumed || known !== undefined
        ? hooks.onResume?.(name)
        : hooks.onStart?.(name));
      const { cursor } = step;
      for await (const part of partsOf(source, { cursor, size: batchSize ?? 1, where })) {
        if (inclusive && !isCounted) {
          await step.advance(part.begin as never);
        }
        await each((batchSize === undefined ? part.items[0] : part.items) as never);
        if (!inclusive || isCounted) {
          await step.advance(part.end as never);
        }
      }
    };
    try {
      await (ruby === undefined ? goThrough() : stepsOf(command)?.mirroring(ruby, goThrough));
    } catch (error) {
      await ruby?.end();
      if (error instanceof StepInterrupted) {
        await hooks.onStop?.(name);
      } else if (runOf(command)?.cancellation !== undefined) {
        await hooks.onCancel?.(name);
      }
      throw error;
    }
    await hooks.onComplete?.(name);
  });
  await ruby?.forget();
}

/**
 * From where Ruby was, if it knows better. A later run is to know that the iteration was begun,
 * even where nothing of it is done.
 */
async function goOn(
  step: Step<never>,
  known: { readonly cursor: unknown } | undefined,
): Promise<void> {
  if ("isNoted" in step) {
    step.isNoted = true;
  }
  if (known !== undefined) {
    await step.advance(known.cursor as never);
  }
}
