import type { RowPlace } from "./rows.ts";
import { SerializationError } from "./serialization-error.ts";

/** What tells a job's arguments apart in an error's message. */
export interface ArgumentsContext {
  /** The command or job that has the arguments. */
  readonly className: string;
  /** What its parameters are called, in order, where that is known. */
  readonly parameterNames?: readonly string[] | undefined;
  /** The values are context attributes of these names, and no arguments. */
  readonly attributeNames?: readonly string[] | undefined;
  /** The value is the job's result, and no argument. */
  readonly isResult?: boolean;
  /** The value is what a step keeps, which `className` names, and no argument. */
  readonly isStep?: boolean;
  /**
   * Hears of each plain object that looks like a record and travels by value; results and
   * attributes are data.
   */
  readonly onRow?: ((place: RowPlace) => void) | undefined;
}

/**
 * @throws {SerializationError} Always: it says where among the arguments the value is that cannot
 *   travel.
 */
export function refuse(
  reason: string,
  context: ArgumentsContext,
  {
    index,
    ...options
  }: { readonly index: number; readonly path: string; readonly cause?: unknown },
): never {
  throw new SerializationError(reason, {
    className: context.className,
    isResult: context.isResult,
    isStep: context.isStep,
    argumentIndex: index,
    parameterName: context.parameterNames?.[index],
    attributeName: context.attributeNames?.[index],
    ...options,
  });
}
