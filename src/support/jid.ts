import { randomFillSync } from "node:crypto";

const BYTES = 12;
const DIGITS = 2 * BYTES;

// A system call for randomness costs far more than 12 bytes of it, and so does a call for hex, so
// both are done for many jids at once. A jid is a slice of the digits and keeps them all (1.5 kB)
// alive as long as it lives: that bounds how many are made at a time.
const random = Buffer.allocUnsafe(256 * BYTES);
const BYTES_PER_TEXT = 64 * BYTES;
let randomUsed = random.length;
let digits = "";
let digitsUsed = 0;

/** A new job id: 24 lowercase hex digits (Sidekiq's form) of cryptographic randomness. */
export function newJid(): string {
  if (digitsUsed === digits.length) refill();
  const start = digitsUsed;
  digitsUsed += DIGITS;
  return digits.slice(start, digitsUsed);
}

function refill(): void {
  if (randomUsed === random.length) {
    randomFillSync(random);
    randomUsed = 0;
  }
  digits = random.toString("hex", randomUsed, randomUsed + BYTES_PER_TEXT);
  randomUsed += BYTES_PER_TEXT;
  digitsUsed = 0;
}
