import { shared } from "../support/shared-state.ts";
import type { Keyring } from "./keyring.ts";

/** What `configure` says of encryption, for each copy of this library. */
export const encryptionSettings: { keyring: Keyring | undefined } = shared("encryption", () => ({
  keyring: undefined as Keyring | undefined,
}));
