import type { JobRecord, RecordMeta } from "../../adapters/job-record.ts";
import { decrypt, encrypt, type Standing } from "../../encryption/cipher.ts";
import { encryptionSettings } from "../../encryption/encryption-settings.ts";
import type { Keyring } from "../../encryption/keyring.ts";
import { readOr } from "../../support/thrown.ts";
import { displayName } from "./target.ts";

/** How far a step has come, as a record tells it. */
export interface RecordedStep {
  readonly name: string;
  readonly done?: boolean;
  /** Its result where it is done, else its cursor; absent: `undefined`. */
  readonly value?: RecordedValue;
  /** Those within it, in their order. Of one that is done they are forgotten. */
  readonly steps?: readonly RecordedStep[];
}

/** One value, written down as arguments are: in this library's format, or in Active Job's. */
export type RecordedValue =
  { readonly json: unknown; readonly meta?: RecordMeta } | { readonly ruby: unknown };

/**
 * What a record says of its steps, whoever wrote that; `undefined` where the job begins.
 *
 * @throws {EncryptionKeyMissingError | DecryptionError} if it is encrypted, and cannot be read
 *   here.
 */
export function foundSteps(record: JobRecord): unknown {
  const { steps } = record;
  const { keyring } = encryptionSettings;
  return typeof steps === "string"
    ? JSON.parse(decrypt(steps, standingOf(record), keyring))
    : (steps ?? undefined);
}

/** What a record says of these: where its class encrypts, a text. */
export function writtenSteps(record: JobRecord, steps: unknown): unknown {
  const { keyring } = encryptionSettings;
  return record.encrypted === undefined
    ? steps
    : // Without keys its arguments could not have been read.
      encrypt(JSON.stringify(steps), standingOf(record), { keyring: keyring as Keyring });
}

/**
 * The steps of a record whose arguments are encrypted once more, with the current key.
 *
 * @throws {EncryptionKeyMissingError | DecryptionError} if they cannot be read here.
 */
export function encryptStepsAgain(record: JobRecord): unknown {
  return writtenSteps(record, foundSteps(record) ?? []);
}

/** The same for whoever only looks: `undefined` also where they cannot be read. */
export function shownSteps(record: JobRecord): readonly RecordedStep[] | undefined {
  const found =
    typeof record.steps === "string" ? undefined : readOr(undefined, () => foundSteps(record));
  return areSteps(found) ? found : undefined;
}

function standingOf(record: JobRecord): Standing {
  const { jid } = record;
  return {
    what: `the steps of ${displayName(record)} ${jid}`,
    bindings: { job: ["steps", jid] },
  };
}

/** Whether a run may have written this. */
export function areSteps(found: unknown): found is readonly RecordedStep[] {
  return Array.isArray(found) && found.every(isStep);
}

function isStep(found: unknown): boolean {
  if (typeof found !== "object" || found === null) {
    return false;
  }
  const { name, value, steps } = found as Readonly<Record<string, unknown>>;
  return (
    typeof name === "string" &&
    (value === undefined ||
      (typeof value === "object" && value !== null && ("json" in value || "ruby" in value))) &&
    (steps === undefined || areSteps(steps))
  );
}
