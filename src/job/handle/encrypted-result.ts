import { readRecord } from "../../adapters/job-record.ts";
import { decrypt, encrypt, type Standing } from "../../encryption/cipher.ts";
import { encryptionSettings } from "../../encryption/encryption-settings.ts";
import type { LeftText } from "./left-text.ts";

/** With which what `encryptResult` writes begins. */
const BEGIN = '{"encrypted":';

/** What a job leaves, so that only those with a key can read it. Without a key nothing is left. */
export function encryptResult(jid: string, text: string): string {
  const { keyring } = encryptionSettings;
  const left: LeftText =
    keyring === undefined
      ? { none: "not-encrypted", why: "its class encrypts, and there was no key where it ran" }
      : { encrypted: encrypt(text, standingOf(jid), { keyring }) };
  return JSON.stringify(left);
}

/**
 * @returns the same text where it is not encrypted.
 * @throws {EncryptionKeyMissingError | DecryptionError} if it cannot be read here.
 */
export function decryptResult(jid: string, text: string): string {
  const encrypted = text.startsWith(BEGIN) ? readRecord(text)?.encrypted : undefined;
  return encrypted === undefined
    ? text
    : decrypt(encrypted, standingOf(jid), encryptionSettings.keyring);
}

function standingOf(jid: string): Standing {
  return { what: `the result of job ${jid}`, bindings: { job: ["result", jid] } };
}
