import type { JobRecord } from "../../adapters/job-record.ts";
import {
  decrypt,
  encrypt,
  isCurrent,
  type BoundTo,
  type Standing,
} from "../../encryption/cipher.ts";
import { DecryptionError } from "../../encryption/encryption-errors.ts";
import { encryptionSettings } from "../../encryption/encryption-settings.ts";
import type { Keyring } from "../../encryption/keyring.ts";
import { readOr } from "../../support/thrown.ts";
import { commandNameOf, displayName, jobClassOf } from "./target.ts";

/** A record of nothing but a class and arguments, and its text, where numbers are as written. */
export interface PlainArguments {
  readonly record: JobRecord;
  readonly text: string;
}

/** Of records whose arguments were found readable before their run began. */
const found = new WeakMap<JobRecord, PlainArguments>();

/**
 * A record's arguments as they were before they were encrypted.
 *
 * @throws {EncryptionKeyMissingError} if there is no such key here.
 * @throws {DecryptionError} if they were altered, or belong to another record.
 */
export function decryptArguments(record: JobRecord): PlainArguments {
  let plain = found.get(record);
  if (plain === undefined) {
    const text = decrypt(encryptedIn(record), standingOf(record), encryptionSettings.keyring);
    plain = { record: JSON.parse(text) as JobRecord, text };
    found.set(record, plain);
  }
  return plain;
}

/**
 * Encrypted arguments once more, with the current key.
 *
 * @param change `bound`: to what they are to be bound; `standing`: where, if not in this record.
 * @throws {EncryptionKeyMissingError | DecryptionError} if they cannot be read here.
 */
export function encryptAgain(
  record: JobRecord,
  change: { readonly bound?: BoundTo; readonly standing?: Standing } = {},
): string {
  const { keyring } = encryptionSettings;
  const own = standingOf(record);
  const { standing = own, bound = boundOf(encryptedIn(record)) } = change;
  const text = decrypt(encryptedIn(record), own, keyring);
  // Without keys it could not have been read.
  return encrypt(text, standing, { keyring: keyring as Keyring, bound });
}

/**
 * What changes in a record that comes back from a worker, and that an older key encrypted: so those
 * that go round and round are not to be caught when keys are rotated.
 *
 * @returns `undefined` if nothing does, or it cannot be read here.
 */
export function withCurrentKey(record: JobRecord): { readonly encrypted: string } | undefined {
  const { encrypted } = record;
  const { keyring } = encryptionSettings;
  return typeof encrypted !== "string" || keyring === undefined || isCurrent(encrypted, keyring)
    ? undefined
    : readOr(undefined, () => ({ encrypted: encryptAgain(record) }));
}

function boundOf(encrypted: string): BoundTo {
  return encrypted.split(".", 2)[1] as BoundTo;
}

function encryptedIn(record: JobRecord): string {
  const { encrypted } = record;
  if (typeof encrypted !== "string") {
    throw new DecryptionError(standingOf(record).what, 'its "encrypted" is no string');
  }
  return encrypted;
}

/**
 * What a record's arguments are bound to: by the names that it has on the wire, whatever they are
 * called here.
 *
 * @param recurringKey Of a recurring job's record that does not say it yet.
 */
export function standingOf(
  record: JobRecord,
  recurringKey: string | undefined = keyOf(record),
): Standing {
  const command = commandNameOf(record);
  const name = command === undefined ? `job ${jobClassOf(record)}` : `command ${command}`;
  const { jid } = record;
  return {
    what: `the arguments of ${displayName(record)} ${jid}`,
    bindings: {
      job: ["arguments", name, jid],
      class: ["arguments", name],
      ...(recurringKey === undefined ? {} : { recurring: ["arguments", name, recurringKey] }),
    },
  };
}

function keyOf({ recurring }: JobRecord): string | undefined {
  const key: unknown = (recurring as { key?: unknown } | null | undefined)?.key;
  return typeof key === "string" ? key : undefined;
}
