import { describe } from "../job/checks/checks.ts";
import type { DeclaringClass } from "../job/declare/declarations.ts";
import { encryptionTrait } from "../job/declare/encryption.ts";
import { note } from "../job/declare/note-declaration.ts";

export abstract class EncryptArgumentsMacro {
  /**
   * Encrypts the arguments of this class's jobs where they wait, and what `keepResult` keeps of
   * them, with the keys of `configure({ encryption })`. Operators see `«encrypted»`. `false` takes
   * back what a parent declared. Jobs that wait already, in clear or encrypted, run as before.
   *
   * Its queue, tags, progress and context attributes, and the messages of what it throws, are not
   * encrypted.
   */
  static encryptArguments(this: DeclaringClass, isEncrypted = true): void {
    if (typeof isEncrypted !== "boolean") {
      throw new TypeError(
        `Cannot use ${describe(isEncrypted)} as encryptArguments of ${this.name}: give true or false`,
      );
    }
    note(this, encryptionTrait, isEncrypted);
  }
}
