import { MandateError } from "../support/errors.ts";

/**
 * There is no key here for what was encrypted: none of that name, or another one. A job that meets
 * this is retried, for as long as it takes, and no attempt is spent.
 */
export class EncryptionKeyMissingError extends MandateError {
  static {
    this.named("EncryptionKeyMissingError");
  }

  readonly code = "MANDATE_ENCRYPTION_KEY_MISSING";
  /** The name of the key. */
  readonly keyName: string;

  /** @param what What cannot be read, or written. */
  constructor(what: string, keyName: string, found: KeyFound) {
    const name = JSON.stringify(keyName);
    const why = {
      none: `it was encrypted with key ${name}, and encryption is not configured here`,
      others: `it was encrypted with key ${name}, which is not among the keys here`,
      another: `it was encrypted with another key than the one that is called ${name} here`,
    }[found];
    super(
      `Cannot read ${what}: ${why}. Add the key to keys in configure({ encryption: … }), and restart`,
    );
    this.keyName = keyName;
  }
}

/** What there is in the place of a key: no keys at all, other keys, or another of its name. */
export type KeyFound = "none" | "others" | "another";

/**
 * What was encrypted cannot be read, whatever keys there are: it was altered, or moved here from
 * another job, class or field. A job that meets this is dead: it cannot succeed, and somebody has
 * to look at it.
 */
export class DecryptionError extends MandateError {
  static {
    this.named("DecryptionError");
  }

  readonly code = "MANDATE_DECRYPTION";

  constructor(what: string, why: string) {
    super(`Cannot read ${what}: ${why}`);
  }
}
