import fc from "fast-check";

/** Of an `it` in which random sequences are played. */
export const TIMEOUT_MS = 120_000;

/**
 * Plays random sequences. A slow store that differs is told of before the test's time is over, if
 * not in the shortest sequence.
 *
 * @param count How many.
 */
export async function playSequences<Sequence>(
  sequences: fc.Arbitrary<Sequence>,
  count: number,
  play: (sequence: Sequence) => Promise<void>,
  limitMs: number = TIMEOUT_MS / 2,
): Promise<void> {
  let playing: Promise<void> | undefined;
  const agrees = fc.asyncProperty(sequences, (sequence) => (playing = play(sequence)));
  try {
    const plugins = [fc.interruptAfterTimeLimit(limitMs)];
    await fc.assert(agrees, { numRuns: count, plugins });
  } finally {
    // The last one is interrupted by not being waited for. It is not to play on the next test's
    // store.
    await playing?.catch(() => undefined);
  }
}
