import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";

const IV = 12;
const TAG = 16;

/**
 * Texts that go to a browser and come back, which it can neither read nor make: cursors, which may
 * have a payload in them, and what was done.
 */
export class Sealer {
  readonly #key: Buffer;

  /**
   * @param secret What processes that answer for one another share. @default one of this process
   */
  constructor(secret: string | undefined) {
    const given = secret ?? randomBytes(32);
    this.#key = createHash("sha256").update("mandate dashboard ").update(given).digest();
  }

  /** @param purpose What it is for: it opens for nothing else. */
  seal(purpose: string, text: string): string {
    const iv = randomBytes(IV);
    const cipher = createCipheriv("aes-256-gcm", this.#key, iv).setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    return sealed.toString("base64url");
  }

  /** @returns `undefined` where it was not sealed here, or for another purpose. */
  open(purpose: string, sealed: string): string | undefined {
    const bytes = Buffer.from(sealed, "base64url");
    if (bytes.length < IV + TAG) {
      return undefined;
    }
    const tag = bytes.subarray(-TAG);
    const decipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, IV))
      .setAAD(Buffer.from(purpose))
      .setAuthTag(tag);
    try {
      return Buffer.concat([
        decipher.update(bytes.subarray(IV, -TAG)),
        decipher.final(),
      ]).toString();
    } catch {
      return undefined;
    }
  }

  /** A text of somebody's that nobody else can make. */
  sign(text: string): string {
    return createHmac("sha256", this.#key).update(text).digest("base64url");
  }
}
