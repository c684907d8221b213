import { defineTrait, type Trait } from "./declarations.ts";

type FromArguments<Output> = Output | ((...args: readonly unknown[]) => Output) | undefined;

/** The queue of a class's jobs. */
export const queueTrait: Trait<FromArguments<string>> = defineTrait<FromArguments<string>>({
  name: "queueAs",
  undeclared: undefined,
});

/** Their priority in it. */
export const priorityTrait: Trait<FromArguments<number>> = defineTrait<FromArguments<number>>({
  name: "queueWithPriority",
  undeclared: undefined,
});
