import { defineTrait, type Trait } from "./declarations.ts";

/** Whether log lines show a class's arguments; `undefined`: as `configure` says. */
export const logArgumentsTrait: Trait<boolean | undefined> = defineTrait<boolean | undefined>({
  name: "logArguments",
  undeclared: undefined,
});
