import type { Hold } from "../../adapters/hold.ts";
import type { JobRecord } from "../../adapters/job-record.ts";
import { encrypt } from "../../encryption/cipher.ts";
import { encryptionSettings } from "../../encryption/encryption-settings.ts";
import { HIDDEN } from "../../encryption/hidden.ts";
import { stringifyNumbers } from "../../support/lossless-json.ts";
import { ConfigurationError } from "../../support/errors.ts";
import { activeJobIn, mandateJob } from "./active-job.ts";
import { standingOf } from "./encrypted-arguments.ts";
import { displayName } from "./target.ts";

/** For Active Job, which fails to read it: no serializer has that name in Ruby. */
const HIDDEN_FROM_RUBY = { _aj_serialized: "Mandate::EncryptedArguments", value: HIDDEN };

/**
 * Takes a record's arguments and their annotations out of it, and adds them encrypted: bound to its
 * job, or to its class alone where it may take the place of another job, and its jid.
 *
 * @throws {ConfigurationError} if there is no key.
 */
export function encryptRecord(record: JobRecord, holds: readonly Hold[] = []): void {
  const { class: className, args, meta } = record;
  const { keyring } = encryptionSettings;
  if (keyring === undefined) {
    throw new ConfigurationError(
      `Cannot make a job of ${displayName(record)}: it encrypts its arguments, and there is no key. ` +
        "Give one by configure({ encryption: { keys, current } })",
    );
  }
  const bound = holds.some(({ whenFull }) => whenFull === "replace") ? "class" : "job";
  const activeJob = activeJobIn(record);
  if (activeJob === undefined) {
    const text = JSON.stringify({ class: className, args, meta });
    record.encrypted = encrypt(text, standingOf(record), { keyring, bound });
    record.args = className === mandateJob ? [args[0], HIDDEN] : [HIDDEN];
    delete record.meta;
  } else {
    const { job_class: job, arguments: all } = activeJob;
    const text = stringifyNumbers({
      class: className,
      args: [{ job_class: job, arguments: all }],
    });
    record.encrypted = encrypt(text, standingOf(record), { keyring, bound });
    const name = job === mandateJob ? [all[0]] : [];
    record.args = [{ ...activeJob, arguments: [...name, HIDDEN_FROM_RUBY] }];
  }
}
