import type { Logger } from "../../support/logger.ts";
import type { StoreSettings } from "../store-settings.ts";
import type { Row, Value } from "./connection/database.ts";
import type { Bell } from "./waking/bell.ts";

/** What all parts of an adapter share. */
export interface PostgresContext {
  readonly schema: string;
  readonly settings: StoreSettings;
  readonly logger: Logger;
  /** Tells workers, here and in other processes, what there is to hear. */
  readonly bell: Bell;
  /**
   * Sends one statement. `@` before a name stands for the schema: `SELECT @.told()`.
   *
   * @param deed What it is for: "enqueue", for messages.
   * @throws {AdapterError} if Postgres did not answer, or refused.
   */
  readonly query: (
    deed: string,
    text: string,
    values?: readonly Value[],
  ) => Promise<readonly Row[]>;
  /**
   * Calls a function of the schema that answers JSON as text, and tells what it has to tell.
   *
   * @param call "promote_1($1::int)"
   */
  readonly call: <Answer>(deed: string, call: string, values?: readonly Value[]) => Promise<Answer>;
}

/** What a function answers beside its own. */
export interface Told {
  readonly work?: boolean;
  readonly due?: number | null;
}

/** A list of texts as Postgres reads it. */
export function textArray(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replace(/["\\]/g, "\\$&")}"`).join()}}`;
}

/** A list of numbers. */
export function numberArray(numbers: readonly number[]): string {
  return `{${numbers.join()}}`;
}
