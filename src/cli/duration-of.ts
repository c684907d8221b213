import { InvalidDurationError, seconds, type Duration } from "../support/duration.ts";
import { UsageError } from "./usage.ts";

/**
 * The value of an option in seconds. A bare number is seconds, as everywhere.
 *
 * @throws {UsageError} if it is no duration.
 */
export function durationOf(option: string, text: string): number;
export function durationOf(option: string, text: string | undefined): number | undefined;
export function durationOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  try {
    return seconds(/^\d+(\.\d+)?$/.test(text) ? Number(text) : (text as Duration), option);
  } catch (error) {
    throw error instanceof InvalidDurationError
      ? new UsageError(error.message, { cause: error })
      : error;
  }
}
