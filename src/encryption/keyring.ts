import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { ConfigurationError } from "../support/errors.ts";

/** With which keys the arguments of classes that say so are encrypted, and read. */
export interface EncryptionOptions {
  /**
   * Keys by their names, such as the month in which each came into use: 32 random bytes, as they
   * are or in base64 (`openssl rand -base64 32`). All of them read; those that are no longer used
   * stay until `mandate rotate-keys` has nothing left to do.
   */
  readonly keys: Readonly<Record<string, string | Uint8Array>>;
  /** The name of the key that encrypts. */
  readonly current: string;
}

/** A key by its name. Nothing that prints it shows its bytes. */
export interface NamedKey {
  readonly name: string;
  readonly secret: KeyObject;
  /** Tells it from another key of its name. Nothing about the key follows from it. */
  readonly check: string;
}

/** The keys of an application. */
export class Keyring {
  /** The one that encrypts. */
  readonly current: NamedKey;
  readonly #keys: ReadonlyMap<string, NamedKey>;

  /** @throws {ConfigurationError} if they cannot be used. */
  constructor({ keys, current }: EncryptionOptions) {
    this.#keys = readKeys(keys);
    const found = typeof current === "string" ? this.#keys.get(current) : undefined;
    if (found === undefined) {
      const names = [...this.#keys.keys()].map((name) => JSON.stringify(name));
      throw cannotUse(
        `${shownName(current)} as current of encryption`,
        `there is no such key. Name one of keys: ${names.join(", ")}`,
      );
    }
    this.current = found;
  }

  find(name: string): NamedKey | undefined {
    return this.#keys.get(name);
  }
}

const BYTES = 32;
/** A name stands between dots in what was encrypted. */
const NAME = /^[\w-]{1,64}$/;
const REMEDY = "Give 32 random bytes, as a Uint8Array or in base64: openssl rand -base64 32";

function readKeys(given: EncryptionOptions["keys"]): ReadonlyMap<string, NamedKey> {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw cannotUse(
      "keys of encryption",
      'they are no object. Give { "2026-11": key }, and its name as current',
    );
  }
  const keys = new Map<string, NamedKey>();
  for (const [name, key] of Object.entries(given)) {
    if (!NAME.test(name)) {
      throw cannotUse(
        `${shownName(name)} as the name of a key of encryption`,
        'names have 1 to 64 letters, digits, "-" or "_", such as "2026-11"',
      );
    }
    const added = named(name, readKey(name, key));
    for (const other of keys.values()) {
      if (other.secret.equals(added.secret)) {
        throw cannotUse(
          `key "${name}" of encryption`,
          `it is the same as key "${other.name}". Make another: openssl rand -base64 32`,
        );
      }
    }
    keys.set(name, added);
  }
  if (keys.size === 0) {
    throw cannotUse(
      "keys of encryption",
      'there are none. Give { "2026-11": key }, and its name as current',
    );
  }
  return keys;
}

/** What is too long for a name is a key, as a rule, which no message may show. */
function shownName(name: unknown): string {
  return typeof name !== "string"
    ? String(name === null ? name : typeof name)
    : name.length < 40
      ? JSON.stringify(name)
      : `a text of ${name.length} characters`;
}

function readKey(name: string, key: unknown): Uint8Array {
  const bytes = typeof key === "string" ? readBase64(name, key) : key;
  if (!(bytes instanceof Uint8Array)) {
    const found = bytes === null ? "null" : typeof bytes;
    throw cannotUse(`key "${name}" of encryption`, `it is ${found}. ${REMEDY}`);
  }
  if (bytes.length !== BYTES) {
    throw cannotUse(`key "${name}" of encryption`, `it has ${bytes.length} bytes. ${REMEDY}`);
  }
  return bytes;
}

/** With or without padding, also the alphabet of URLs, and white space around it. */
function readBase64(name: string, key: string): Uint8Array {
  const text = key.trim();
  if (/^[0-9a-f]{64}$/i.test(text)) {
    throw cannotUse(
      `key "${name}" of encryption`,
      'it is in hex. Give its bytes: Buffer.from(key, "hex")',
    );
  }
  const plain = text
    .replace(/={0,2}$/, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/");
  const bytes = Buffer.from(plain, "base64");
  if (bytes.toString("base64").replace(/=+$/, "") !== plain) {
    throw cannotUse(`key "${name}" of encryption`, `it is no base64. ${REMEDY}`);
  }
  return bytes;
}

function named(name: string, bytes: Uint8Array): NamedKey {
  const secret = createSecretKey(bytes);
  const check = createHmac("sha256", secret).update("mandate v1 check").digest("base64url");
  return { name, secret, check: check.slice(0, 8) };
}

function cannotUse(what: string, why: string): ConfigurationError {
  return new ConfigurationError(`Cannot use ${what} of configure: ${why}`);
}
