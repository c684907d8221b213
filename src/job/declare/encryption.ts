import { fingerprint } from "../../encryption/cipher.ts";
import { encryptionSettings } from "../../encryption/encryption-settings.ts";
import { defineTrait, type Trait } from "./declarations.ts";

/** Whether a class's arguments, and the results that are kept of its jobs, are encrypted. */
export const encryptionTrait: Trait<boolean> = defineTrait<boolean>({
  name: "encryptArguments",
  undeclared: false,
});

/**
 * What stands for a text that was made from such arguments, where everybody can read it: it tells
 * nothing of the text, and is the same for the same text as long as the current key is the same.
 */
export function standInFor(text: string): string {
  const { keyring } = encryptionSettings;
  // Without a key no job is made.
  return keyring === undefined ? "" : fingerprint(text, keyring);
}
