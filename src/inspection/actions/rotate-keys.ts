import type { Adapter } from "../../adapters/adapter.ts";
import { readRecord } from "../../adapters/job-record.ts";
import type { Place } from "../../adapters/job-store.ts";
import { editPayload, fieldText, JsonText } from "../../adapters/payload.ts";
import { isCurrent, keyNameIn } from "../../encryption/cipher.ts";
import { EncryptionKeyMissingError } from "../../encryption/encryption-errors.ts";
import { encryptionSettings } from "../../encryption/encryption-settings.ts";
import type { Keyring } from "../../encryption/keyring.ts";
import { checkOptionNames } from "../../job/checks/checks.ts";
import { encryptAgain } from "../../job/record/encrypted-arguments.ts";
import { encryptStepsAgain } from "../../job/record/recorded-steps.ts";
import { settings } from "../../job/settings/settings.ts";
import { rewriteDefinitions } from "../../recurring/store/rewrite-definitions.ts";
import { ConfigurationError } from "../../support/errors.ts";
import { heldJobs } from "../lists/held-jobs.ts";
import { pass, type PassProgress } from "../lists/pass.ts";

/** How keys are to be rotated. */
export interface RotateKeysOptions {
  /** Counts what would be rewritten, and leaves it. @default false */
  readonly dryRun?: boolean;
  /** Called after each slice of some hundred jobs. */
  readonly onProgress?: (progress: PassProgress) => void;
  /**
   * Ends it between two slices: what was rewritten stays so. It rejects with its reason. Begun
   * again, it goes on with what is left.
   */
  readonly signal?: AbortSignal;
}

/** What came of a rotation. */
export interface KeyRotation {
  /** Jobs that were rewritten with the current key; in a dry run, those that would be. */
  readonly rewritten: number;
  /** Recurring jobs, defined at run time, likewise. */
  readonly recurring: number;
  /**
   * Jobs that workers hold now, and that older keys encrypted: those that come back are to be
   * rewritten, too.
   */
  readonly running: number;
  /** Jobs that stay as they are, since there is no key for them here: how many by its name. */
  readonly missing: Readonly<Record<string, number>>;
  /** Jobs that stay as they are, since they were altered, or moved from another record. */
  readonly damaged: number;
}

/**
 * What workers put back has the current key by then, but what they release has not: it is found by
 * another look. So often at most.
 */
const ROUNDS = 5;

/** Jobs go from these to the queues, which are looked at after them: whoever moves is met there. */
const SETS = ["retry", "scheduled", "blocked", "dead", "finished"] as const;

/**
 * Encrypts the arguments of all jobs that wait, are dead or finished with the current key, where
 * they are, while workers run: none is lost, and none runs twice. It may be ended and begun again
 * at any time. Results that are kept are left to their time.
 *
 * @param adapter @default the one of `configure`
 * @throws {ConfigurationError} if there are no keys.
 * @throws {UnknownOptionError} if there is no such option.
 *
 * @example
 * ```ts
 * import { rotateKeys } from "mandate";
 *
 * const { running, missing } = await rotateKeys();
 * console.log(running === 0 && Object.keys(missing).length === 0 ? "Old keys may go" : "Not yet");
 * ```
 */
export async function rotateKeys(
  options: RotateKeysOptions = {},
  adapter: Adapter = settings().adapter,
): Promise<KeyRotation> {
  checkOptionNames(options, ["dryRun", "onProgress", "signal"], "the options of rotateKeys");
  const { keyring } = encryptionSettings;
  if (keyring === undefined) {
    throw new ConfigurationError(
      "Cannot rotate keys: there are none. Give them by configure({ encryption: { keys, current } }), " +
        "and load the file that does so",
    );
  }
  const { dryRun = false } = options;
  const rotation = new Rotation(keyring);
  let rewritten = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    rotation.begin();
    const before = rewritten;
    for (const place of await placesOf(adapter)) {
      rewritten += await rewritePlace(place, { adapter, rotation, options });
    }
    if (dryRun || rewritten === before) {
      break;
    }
  }
  const { documents } = adapter;
  const recurring =
    documents === undefined || dryRun
      ? 0
      : await rewriteDefinitions(documents, (key) => (payload) => rotation.rewrite(payload, key));
  const held = await heldJobs(adapter);
  const running = held.filter(({ payload }) => rotation.isOld(payload)).length;
  const { damaged, missing } = rotation;
  return { rewritten, recurring, running, missing: Object.fromEntries(missing), damaged };
}

async function placesOf({ store }: Adapter): Promise<readonly Place[]> {
  const queues = await store.queueNames();
  return [...SETS.map((set) => ({ set })), ...queues.map((queue) => ({ queue }))];
}

interface Task {
  readonly adapter: Adapter;
  readonly rotation: Rotation;
  readonly options: RotateKeysOptions;
}

function rewritePlace(place: Place, { adapter, rotation, options }: Task): Promise<number> {
  const { onProgress, signal, dryRun } = options;
  const told = {
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  };
  return pass({ adapter, place }, { selection: {}, options: told }, async (entries) => {
    const stored = entries.map((entry) => entry.stored);
    return dryRun === true
      ? stored.filter(({ payload }) => rotation.rewrite(payload) !== undefined).length
      : adapter.store.rewriteAll(place, stored, (payload) => rotation.rewrite(payload));
  });
}

/** What is done to payloads, and what cannot be. */
class Rotation {
  readonly missing = new Map<string, number>();
  damaged = 0;
  readonly #keyring: Keyring;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  /** All are looked at once more. */
  begin(): void {
    this.missing.clear();
    this.damaged = 0;
  }

  isOld(payload: string): boolean {
    const encrypted = encryptedIn(payload);
    return encrypted !== undefined && !isCurrent(encrypted, this.#keyring);
  }

  /**
   * @param recurringKey Of a recurring job whose payload this is.
   * @returns `undefined` where there is nothing to do, or nothing can be done.
   */
  rewrite(payload: string, recurringKey?: string): string | undefined {
    if (!this.isOld(payload)) {
      return undefined;
    }
    const record = readRecord(payload) as NonNullable<ReturnType<typeof readRecord>>;
    if (recurringKey !== undefined) {
      record.recurring = { key: recurringKey, at: 0 };
    }
    try {
      const encrypted = encryptAgain(record);
      // It stands behind all others: where the job enters a queue it is renewed there.
      const stamp = fieldText(payload, "enqueued_at");
      return editPayload(payload, {
        encrypted,
        ...(record.steps === undefined ? {} : { steps: encryptStepsAgain(record) }),
        ...(stamp === undefined ? {} : { enqueued_at: new JsonText(stamp) }),
      });
    } catch (error) {
      if (error instanceof EncryptionKeyMissingError) {
        const name = error.keyName;
        this.missing.set(name, (this.missing.get(name) ?? 0) + 1);
      } else {
        this.damaged += 1;
      }
      return undefined;
    }
  }
}

/** `undefined` where nothing is encrypted, or by another version. */
function encryptedIn(payload: string): string | undefined {
  // Most payloads need not be read.
  const encrypted = payload.includes('"encrypted"') ? readRecord(payload)?.encrypted : undefined;
  return keyNameIn(encrypted) === undefined ? undefined : encrypted;
}
