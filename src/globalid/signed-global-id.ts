import { clock } from "../support/clock.ts";
import { seconds, type Duration } from "../support/duration.ts";
import { ConfigurationError, MandateError } from "../support/errors.ts";
import { GlobalID, type GlobalIDOptions } from "./global-id.ts";
import { GlobalIdVerifier } from "./global-id-verifier.ts";
import { globalIdSettings } from "./settings.ts";

/** Reading or making signed global ids. */
export interface SignedGlobalIDOptions {
  /**
   * What it is good for: one that was made for `"login"` is not taken for anything else.
   *
   * @default "default"
   */
  readonly for?: string;
  /** Signs and verifies. @default the one that `configure` made of `secretKeyBase`, or was given */
  readonly verifier?: GlobalIdVerifier;
}

/** Making one. */
export interface CreateSignedGlobalIDOptions extends SignedGlobalIDOptions, GlobalIDOptions {
  /**
   * For how long it is good: **seconds**, or a string such as `"2 days"`; `Infinity` for ever.
   *
   * @default "30 days"
   */
  readonly expiresIn?: Duration;
  /** Until when it is good, in place of `expiresIn`. */
  readonly expiresAt?: Date;
}

const DEFAULT_PURPOSE = "default";
const DEFAULT_EXPIRY: Duration = "30 days";

/**
 * A global id that can be given to somebody else and trusted when it comes back: in a link, a
 * cookie or a form.
 *
 * It is signed, not secret. Rails verifies it, and it verifies Rails's, where both have one
 * `secret_key_base`.
 *
 * @example
 * ```ts
 * import { configure, globalId, SignedGlobalID } from "mandate";
 *
 * class User {
 *   constructor(readonly id: string) {}
 * }
 * globalId.register(User, { find: (id) => new User(id) });
 * configure({ appName: "shop", secretKeyBase: process.env["SECRET_KEY_BASE"] ?? "only for tests" });
 *
 * const token = SignedGlobalID.create(new User("1"), { for: "unsubscribe", expiresIn: "2 days" }).toString();
 * const user = await SignedGlobalID.verify(token, { for: "unsubscribe" }).locate();
 * ```
 *
 * @see GlobalID 1.4 `signed_global_id.rb`. An expiry is not repeated in the global id's parameters
 *   here.
 */
export class SignedGlobalID {
  /** What is signed. */
  readonly gid: GlobalID;
  /** What it is good for. */
  readonly purpose: string;
  /** Until when; `undefined` for ever. */
  readonly expiresAt: Date | undefined;
  readonly #text: string;

  private constructor(
    text: string,
    { gid, purpose, expiresAt }: Pick<SignedGlobalID, "gid" | "purpose" | "expiresAt">,
  ) {
    this.gid = gid;
    this.purpose = purpose;
    this.expiresAt = expiresAt;
    this.#text = text;
  }

  /**
   * @throws {ConfigurationError} if its model is not registered, or nothing signs here.
   * @throws {InvalidDurationError} if `expiresIn` is no duration.
   * @throws {TypeError} if the record has no id.
   */
  static create(record: object, options: CreateSignedGlobalIDOptions = {}): SignedGlobalID {
    const { for: purpose = DEFAULT_PURPOSE, verifier = configuredVerifier(), ...rest } = options;
    const { expiresIn = DEFAULT_EXPIRY, expiresAt = expiry(expiresIn), ...gidOptions } = rest;
    const gid = GlobalID.create(record, gidOptions);
    const signed = { uri: gid.toString(), purpose, expiresAt: expiresAt?.toISOString() };
    return new SignedGlobalID(verifier.sign(signed), { gid, purpose, expiresAt });
  }

  /**
   * Reads a signed global id, ours or Rails's.
   *
   * @returns `undefined` where it is none, its signature is not genuine, it was made for something
   *   else, or its time is over.
   * @throws {ConfigurationError} if nothing verifies here.
   */
  static parse(text: unknown, options: SignedGlobalIDOptions = {}): SignedGlobalID | undefined {
    const { for: purpose = DEFAULT_PURPOSE, verifier = configuredVerifier() } = options;
    const message = typeof text === "string" ? verifier.read(text) : undefined;
    const gid = GlobalID.parse(message?.uri);
    if (message === undefined || gid === undefined || message.purpose !== purpose) {
      return undefined;
    }
    const expiresAt = message.expiresAt === undefined ? undefined : new Date(message.expiresAt);
    // Not "is past": of a date that cannot be read nobody knows.
    if (expiresAt !== undefined && !(expiresAt.getTime() > clock.now() * 1000)) {
      return undefined;
    }
    return new SignedGlobalID(text as string, { gid, purpose, expiresAt });
  }

  /**
   * As `parse`, for where it has to be good.
   *
   * @throws {InvalidSignedGlobalIDError} if it is not. It does not say why: whoever made it up need
   *   not know.
   * @throws {ConfigurationError} if nothing verifies here.
   */
  static verify(text: unknown, options: SignedGlobalIDOptions = {}): SignedGlobalID {
    const signed = SignedGlobalID.parse(text, options);
    if (signed === undefined) {
      throw new InvalidSignedGlobalIDError(options.for ?? DEFAULT_PURPOSE);
    }
    return signed;
  }

  /** What to hand out: letters, digits, `-`, `_` and `=`. */
  toString(): string {
    return this.#text;
  }

  /** The same. */
  toJSON(): string {
    return this.#text;
  }

  /** Looks the record up, as `GlobalID.locate`. */
  locate(): Promise<unknown> {
    return this.gid.locate();
  }
}

/** A signed global id is not genuine, was made for something else, or its time is over. */
export class InvalidSignedGlobalIDError extends MandateError {
  static {
    this.named("InvalidSignedGlobalIDError");
  }

  readonly code = "MANDATE_INVALID_SIGNED_GLOBAL_ID";
  /** What it should have been good for. */
  readonly purpose: string;

  constructor(purpose: string) {
    super(
      `Cannot accept a signed global id for "${purpose}": it is not genuine, was made for something else, ` +
        "or its time is over. Where a genuine one is refused, compare both sides' secretKeyBase and keyDigest",
    );
    this.purpose = purpose;
  }
}

function configuredVerifier(): GlobalIdVerifier {
  const { verifier } = globalIdSettings;
  if (verifier === undefined) {
    throw new ConfigurationError(
      "Cannot sign or verify global ids: there is no secret. " +
        "Call configure({ secretKeyBase }) with the one that Rails has, or pass a verifier",
    );
  }
  return verifier;
}

function expiry(expiresIn: Duration): Date | undefined {
  if (expiresIn === Infinity) {
    return undefined;
  }
  return new Date((clock.now() + seconds(expiresIn, "expiresIn of a signed global id")) * 1000);
}
