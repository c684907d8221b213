import { type GlobalID, RecordNotFoundError } from "../globalid/global-id.ts";
import { MandateError } from "../support/errors.ts";

/**
 * A job's arguments that cannot be read: a record is not there, a class is not registered with
 * superjson, or the stored record is damaged; or, as `RecordLookupError`, nobody could say whether
 * a record is there.
 */
export class DeserializationError extends MandateError {
  static {
    this.named("DeserializationError");
  }

  readonly code: "MANDATE_DESERIALIZATION" | "MANDATE_RECORD_LOOKUP" = "MANDATE_DESERIALIZATION";
  /** The records that are not there. Empty where something else is the cause. */
  readonly missing: readonly GlobalID[];
  /**
   * The way to the value among the arguments as stored, such as `[1].author`, where one is to
   * blame.
   */
  readonly path: string | undefined;

  constructor(
    message: string,
    options: { missing?: readonly GlobalID[]; path?: string; cause?: unknown } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.missing = options.missing ?? [];
    this.path = options.path;
  }
}

/**
 * Whether a job's records are there could not be found out: the lookup of one threw, as it does
 * while a database is away. A `discardOn(DeserializationError)` is for records that are gone, and
 * leaves this to the retries.
 */
export class RecordLookupError extends DeserializationError {
  static {
    this.named("RecordLookupError");
  }

  override readonly code = "MANDATE_RECORD_LOOKUP";
}

/** The error for records that are not there: the first one's is its cause. */
export function missingRecords(gids: readonly [GlobalID, ...GlobalID[]]): DeserializationError {
  const [first, ...others] = gids;
  const more = others.length === 0 ? "" : `, and ${others.length} more,`;
  return new DeserializationError(
    `Cannot read the arguments: a record of ${first.model}${more} that they refer to is not there. ` +
      `It may be deleted, or its transaction may not have been committed yet`,
    { missing: gids, cause: new RecordNotFoundError(first) },
  );
}

/** The error for stored arguments that are not what they should be at a place. */
export function unreadable(
  path: string,
  reason: string,
  options: { cause?: unknown } = {},
): DeserializationError {
  return new DeserializationError(`Cannot read args${path}: ${reason}`, { path, ...options });
}
