import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomFillSync,
  type KeyObject,
} from "node:crypto";
import { DecryptionError, EncryptionKeyMissingError } from "./encryption-errors.ts";
import type { Keyring, NamedKey } from "./keyring.ts";

/*
 * What is encrypted is a text of five parts with dots in between, safe in JSON as it is:
 *
 *     v1 . what it is bound to . name of the key . its check . base64url(salt nonce ciphertext tag)
 *
 * AES-256-GCM (NIST SP 800-38D) under a key of its own: the configured key is expanded with a
 * random salt of 128 bits (HKDF-Expand of RFC 5869 §2.3; its §3.3 allows for no extract step where
 * the key is uniformly random). Under one key, random nonces of 96 bits are good for 2^32 texts (SP
 * 800-38D §8.3), which a busy application has in weeks. With the salt two texts have to agree in
 * 224 random bits to share key and nonce: no number of jobs comes near that, and keys need no
 * change for it. The same idea is XAES-256-GCM's (https://c2sp.org/XAES-256-GCM).
 *
 * The first four parts, and what the text is bound to, are authenticated with it.
 */

const VERSION = "v1";
const SALT = 16;
const NONCE = 12;
const TAG = 16;
const OVERHEAD = SALT + NONCE + TAG;

/**
 * What a text belongs to, and cannot be read elsewhere than in: a job, a class where jobs of it may
 * take each other's place, or a recurring job, whose occurrences share it.
 */
export type BoundTo = "job" | "class" | "recurring";

/** Where an encrypted text stands. */
export interface Standing {
  /** For messages: "the arguments of SendMail 4f1d…". */
  readonly what: string;
  /** By the kinds that there may be here: what identifies the place. */
  readonly bindings: Readonly<Partial<Record<BoundTo, readonly string[]>>>;
}

/** @param options `bound`: to which of its bindings. */
export function encrypt(
  text: string,
  standing: Standing,
  { keyring, bound = "job" }: { readonly keyring: Keyring; readonly bound?: BoundTo },
): string {
  const key = keyring.current;
  const head = headOf(bound, key);
  const context = contextOf(head, bound, standing);
  // The occurrences of a recurring job are compared by their text, from process to process: a salt
  // that follows from all that is encrypted is as good as a random one, and the same each time.
  const chance = bound === "recurring" ? followingFrom(key.secret, context, text) : randomBytes();
  const cipher = createCipheriv(
    "aes-256-gcm",
    expanded(key.secret, chance.subarray(0, SALT)),
    chance.subarray(SALT),
  );
  cipher.setAAD(context);
  const parts = [chance, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()];
  return `${head}.${Buffer.concat(parts).toString("base64url")}`;
}

/**
 * @throws {EncryptionKeyMissingError} if there is no such key.
 * @throws {DecryptionError} if it was altered, or belongs elsewhere.
 */
export function decrypt(
  encrypted: string,
  standing: Standing,
  keyring: Keyring | undefined,
): string {
  const { bound, keyName, check, bytes } = read(encrypted, standing);
  const key = keyring?.find(keyName);
  if (key === undefined || key.check !== check) {
    const found = keyring === undefined ? "none" : key === undefined ? "others" : "another";
    throw new EncryptionKeyMissingError(standing.what, keyName, found);
  }
  const salt = bytes.subarray(0, SALT);
  const nonce = bytes.subarray(SALT, SALT + NONCE);
  const decipher = createDecipheriv("aes-256-gcm", expanded(key.secret, salt), nonce, {
    authTagLength: TAG,
  });
  decipher.setAAD(contextOf(headOf(bound, key), bound, standing));
  decipher.setAuthTag(bytes.subarray(-TAG));
  try {
    const text = decipher.update(bytes.subarray(SALT + NONCE, -TAG));
    return Buffer.concat([text, decipher.final()]).toString();
  } catch {
    throw new DecryptionError(
      standing.what,
      "what was encrypted was altered, or moved here from another job, class or field",
    );
  }
}

/** Of what was encrypted: the name of its key; `undefined` where it is in no form of ours. */
export function keyNameIn(encrypted: unknown): string | undefined {
  return typeof encrypted === "string" ? FORM.exec(encrypted)?.[2] : undefined;
}

/** Whether it was encrypted with the current key. */
export function isCurrent(encrypted: string, { current }: Keyring): boolean {
  const [, , keyName, check] = encrypted.split(".", 4);
  return keyName === current.name && check === current.check;
}

/** Whether there is a key for it. */
export function isReadable(encrypted: string, keyring: Keyring | undefined): boolean {
  const [, , keyName = "", check] = encrypted.split(".", 4);
  return keyring?.find(keyName)?.check === check;
}

const FORM = /^v1\.(job|class|recurring)\.([\w-]{1,64})\.([\w-]{8})\.([\w-]+)$/;

interface Read {
  readonly bound: BoundTo;
  readonly keyName: string;
  readonly check: string;
  readonly bytes: Buffer;
}

function read(encrypted: string, { what, bindings }: Standing): Read {
  const [, bound, keyName = "", check = "", data = ""] = FORM.exec(encrypted) ?? [];
  const bytes = Buffer.from(data, "base64url");
  // Several texts would stand for the same bytes: all but one were altered.
  if (bytes.length < OVERHEAD || bytes.toString("base64url") !== data) {
    throw new DecryptionError(
      what,
      "what stands there is nothing that this version has encrypted. It was altered, or a newer one wrote it",
    );
  }
  if (bindings[bound as BoundTo] === undefined) {
    throw new DecryptionError(what, "what was encrypted belongs to another kind of job");
  }
  return { bound: bound as BoundTo, keyName, check, bytes };
}

function headOf(bound: BoundTo, { name, check }: NamedKey): string {
  return `${VERSION}.${bound}.${name}.${check}`;
}

/** All that is authenticated beside the text. */
function contextOf(head: string, bound: BoundTo, { bindings }: Standing): Buffer {
  return Buffer.from(`${head}\n${JSON.stringify(bindings[bound])}`);
}

/** HKDF-Expand for one block of SHA-256. */
function expanded(secret: KeyObject, salt: Uint8Array): Buffer {
  return createHmac("sha256", secret)
    .update("mandate v1 encrypt\0")
    .update(salt)
    .update("\x01")
    .digest();
}

function followingFrom(secret: KeyObject, context: Buffer, text: string): Buffer {
  const hmac = createHmac("sha256", secret).update("mandate v1 chance\0");
  return hmac
    .update(`${context.length}\0`)
    .update(context)
    .update(text)
    .digest()
    .subarray(0, SALT + NONCE);
}

// A system call for randomness costs more than all the rest: it is done for many texts at once.
const pool = Buffer.allocUnsafe(64 * (SALT + NONCE));
let used = pool.length;

function randomBytes(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const start = used;
  used += SALT + NONCE;
  return Buffer.from(pool.subarray(start, used));
}

/**
 * A text that stands for another one, and tells nothing about it: the same for the same text, as
 * long as the current key is the same. For keys that jobs hold.
 */
export function fingerprint(text: string, { current }: Keyring): string {
  const hmac = createHmac("sha256", current.secret).update("mandate v1 key\0").update(text);
  return hmac.digest("base64url").slice(0, 32);
}
