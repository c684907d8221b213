import { createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";
import { ConfigurationError } from "../support/errors.ts";
import { dump, load, type Marshalled } from "./ruby-marshal.ts";

/** Where a verifier's key comes from, and for whom it writes. */
export interface GlobalIdVerifierOptions {
  /** Rails's `secret_key_base`; the key is derived from it as Rails does. */
  readonly secretKeyBase?: string;
  /**
   * The digest of that: `"sha1"` for an application with defaults older than Rails 7.0.
   *
   * @default "sha256"
   */
  readonly keyDigest?: "sha256" | "sha1";
  /** The key itself, where the application made its own `GlobalID::Verifier`. */
  readonly key?: string | Uint8Array;
  /** `"hash"` is what a GlobalID before 1.0 reads; all later ones read both. @default "message" */
  readonly format?: "message" | "hash";
}

/** What was signed. */
export interface SignedMessage {
  readonly uri: string;
  readonly purpose: string;
  /** ISO 8601; `undefined` for ever. */
  readonly expiresAt: string | undefined;
}

// railties, application.rb and globalid, railtie.rb
const SALT = "signed_global_ids";
const ITERATIONS = 1000;
const KEY_BYTES = 64;

const FORMATS = ["message", "hash"];
const DIGESTS = ["sha256", "sha1"];

/**
 * Signs global ids, and tells whether such a signature is genuine: Rails's `GlobalID::Verifier`.
 *
 * Each side verifies what the other one signed, if both have one key.
 *
 * @example
 * ```ts
 * import { configure, GlobalIdVerifier } from "mandate";
 *
 * // A Rails application with defaults older than 7.0.
 * configure({
 *   globalIdVerifier: new GlobalIdVerifier({
 *     secretKeyBase: process.env["SECRET_KEY_BASE"] ?? "",
 *     keyDigest: "sha1",
 *   }),
 * });
 * ```
 *
 * @see GlobalID 1.4 `verifier.rb`, Active Support 8.1 `message_verifier.rb`, `messages/metadata.rb`
 */
export class GlobalIdVerifier {
  readonly #key: string | Uint8Array;
  readonly #format: "message" | "hash";

  /** @throws {ConfigurationError} if there is no key, or an option cannot be used. */
  constructor(options: GlobalIdVerifierOptions) {
    const { secretKeyBase, keyDigest = "sha256", key, format = "message" } = options;
    if (!FORMATS.includes(format)) {
      throw unusable("format", format, FORMATS);
    }
    if (!DIGESTS.includes(keyDigest)) {
      throw unusable("keyDigest", keyDigest, DIGESTS);
    }
    if (key !== undefined && key.length > 0) {
      this.#key = key;
    } else if (typeof secretKeyBase === "string" && secretKeyBase !== "") {
      this.#key = pbkdf2Sync(secretKeyBase, SALT, ITERATIONS, KEY_BYTES, keyDigest);
    } else {
      throw new ConfigurationError(
        "Cannot sign global ids without a secret: it is missing, or empty. " +
          "Give secretKeyBase, the same as Rails has (SECRET_KEY_BASE), or the key itself",
      );
    }
    this.#format = format;
  }

  /** @internal */
  sign(message: SignedMessage): string {
    const data = encode(this.#format === "hash" ? asHash(message) : asMessage(message));
    return `${data}--${this.#signatureOf(data)}`;
  }

  /**
   * @internal
   * @returns what was signed; `undefined` where the signature is not genuine, or it is no global
   *   id.
   */
  read(text: string): SignedMessage | undefined {
    const [data = "", signature = "", ...rest] = text.split("--");
    if (rest.length > 0 || !isSame(signature, this.#signatureOf(data))) {
      return undefined;
    }
    const bytes = Buffer.from(data, "base64url");
    return fromEnvelope(bytes) ?? fromHash(load(bytes));
  }

  #signatureOf(data: string): string {
    return createHmac("sha1", this.#key).update(data).digest("hex");
  }
}

/** In constant time: an answer must not tell how much of a signature was right. */
function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** GlobalID before 1.0, and what all later ones still read. */
function asHash({ uri, purpose, expiresAt }: SignedMessage): Buffer {
  return dump({ gid: uri, purpose, expires_at: expiresAt ?? null });
}

function asMessage({ uri, purpose, expiresAt }: SignedMessage): Buffer {
  const envelope = { message: encode(dump(uri)), exp: expiresAt ?? null, pur: purpose };
  return Buffer.from(JSON.stringify({ _rails: envelope }));
}

/** The envelope holds marshalled text, or from the defaults of Rails 7.1 on the text itself. */
function fromEnvelope(bytes: Buffer): SignedMessage | undefined {
  const { _rails: envelope } = readJson(bytes) as { _rails?: Partial<Envelope> };
  if (typeof envelope !== "object" || envelope === null) {
    return undefined;
  }
  const { data, message = "", exp, pur } = envelope;
  const uri = data ?? load(Buffer.from(String(message), "base64url"));
  return signedMessage(uri, pur, exp);
}

interface Envelope {
  readonly message: string;
  readonly data: string;
  readonly exp: string | null;
  readonly pur: string | null;
}

function fromHash(hash: Marshalled | undefined): SignedMessage | undefined {
  if (typeof hash !== "object" || hash === null) {
    return undefined;
  }
  return signedMessage(hash["gid"], hash["purpose"], hash["expires_at"]);
}

function signedMessage(
  uri: unknown,
  purpose: unknown,
  expiresAt: unknown,
): SignedMessage | undefined {
  if (typeof uri !== "string") {
    return undefined;
  }
  return {
    uri,
    purpose: typeof purpose === "string" ? purpose : "",
    expiresAt: typeof expiresAt === "string" ? expiresAt : undefined,
  };
}

/** `{}` where it is none. */
function readJson(bytes: Buffer): object {
  try {
    return (JSON.parse(bytes.toString()) ?? {}) as object;
  } catch {
    return {};
  }
}

/** URL-safe, with padding, as Ruby's. */
function encode(bytes: Buffer): string {
  const text = bytes.toString("base64url");
  return text.padEnd(Math.ceil(text.length / 4) * 4, "=");
}

function unusable(option: string, value: unknown, expected: readonly string[]): ConfigurationError {
  return new ConfigurationError(
    `Cannot use ${JSON.stringify(value)} as ${option} of new GlobalIdVerifier(): ` +
      `give ${expected.map((each) => JSON.stringify(each)).join(" or ")}`,
  );
}
