import { onTestFinished } from "vitest";
import { configure, type EncryptionOptions } from "mandate";
import { encryptionSettings } from "../../src/encryption/encryption-settings.ts";

const KEYS = {
  "2026-05": Buffer.alloc(32, 5).toString("base64"),
  "2026-11": Buffer.alloc(32, 11).toString("base64"),
  "2027-05": Buffer.alloc(32, 17).toString("base64"),
};

/** Configures keys of these names, until the test has ended; the first one encrypts. */
export function useKeys(...names: readonly (keyof typeof KEYS)[]): EncryptionOptions {
  const [current = ""] = names;
  const keys = Object.fromEntries(names.map((name) => [name, KEYS[name]]));
  const before = encryptionSettings.keyring;
  onTestFinished(() => {
    encryptionSettings.keyring = before;
  });
  configure({ encryption: { keys, current } });
  return { keys, current };
}

/** As in a process that knows none. */
export function useNoKeys(): void {
  encryptionSettings.keyring = undefined;
}
