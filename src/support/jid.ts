import { createHash, randomFillSync } from "node:crypto";

const BYTES = 12;
const DIGITS = 2 * BYTES;
/** The rest of a jid follows from these. */
const OWN_BYTES = 9;

// A system call for randomness costs far more than 12 bytes of it, and so does a call for hex, so
// both are done for many jids at once. A jid is a slice of the digits and keeps them all (1.5 kB)
// alive as long as it lives: that bounds how many are made at a time.
const random = Buffer.allocUnsafe(256 * BYTES);
const BYTES_PER_TEXT = 64 * BYTES;
let randomUsed = random.length;
let digits = "";
let digitsUsed = 0;

/**
 * A new job id: 24 lowercase hex digits (Sidekiq's form). The first four are milliseconds, modulo
 * 65,536, so that jobs of one time are near each other in a database's index (as UUIDs of version 7
 * are); 56 bits are cryptographic randomness; the last six digits follow from the others, so that
 * one of ours is told from one of Ruby's.
 */
export function newJid(): string {
  if (digitsUsed === digits.length) refill();
  const start = digitsUsed;
  digitsUsed += DIGITS;
  return digits.slice(start, digitsUsed);
}

/** A jid that follows from a text, in the form of `newJid`. */
export function jidFrom(text: string): string {
  const bytes = createHash("sha256").update(text).digest().subarray(0, BYTES);
  bytes.writeUIntBE(checksum(bytes, 0), OWN_BYTES, 3);
  return bytes.toString("hex");
}

/** Whether `newJid` made it, here or elsewhere. Of others it says so once in 16 million. */
export function isOwnJid(jid: string): boolean {
  if (jid.length !== DIGITS) {
    return false;
  }
  const bytes = Buffer.from(jid, "hex");
  return bytes.length === BYTES && bytes.readUIntBE(OWN_BYTES, 3) === checksum(bytes, 0);
}

/**
 * Whether it looks like those of Sidekiq, and so of this library: else an application gave it, or
 * it is none.
 */
export function isUsualJid(jid: string): boolean {
  return /^[0-9a-f]{24}$/.test(jid);
}

function refill(): void {
  if (randomUsed === random.length) {
    randomFillSync(random);
    randomUsed = 0;
  }
  const end = randomUsed + BYTES_PER_TEXT;
  const time = Date.now() & 0xffff;
  for (let at = randomUsed; at < end; at += BYTES) {
    random.writeUInt16BE(time, at);
    random.writeUIntBE(checksum(random, at), at + OWN_BYTES, 3);
  }
  digits = random.toString("hex", randomUsed, end);
  randomUsed = end;
  digitsUsed = 0;
}

/** 24 bits of the FNV-1a hash of the bytes from `start`. */
function checksum(bytes: Buffer, start: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < start + OWN_BYTES; at += 1) {
    hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  }
  return (hash ^ (hash >>> 24)) & 0xffffff;
}
