import { checkFunction } from "../job/checks/checks.ts";

/** What an assertion looks at: all that is called from here, synchronous or not. */
export type Block = () => unknown;

/** Options may be left out in front of a block. */
export function optionsAndBlock<Options extends object>(
  optionsOrBlock: Options | Block | undefined,
  block: Block | undefined,
  where: string,
): { readonly options: Options; readonly block: Block | undefined } {
  const given =
    typeof optionsOrBlock === "function" && block === undefined
      ? { options: {} as Options, block: optionsOrBlock }
      : { options: (optionsOrBlock ?? {}) as Options, block };
  if (given.block !== undefined) checkFunction(given.block, where);
  return given;
}
