const FIRST_PAUSE = 0.5;
const LONGEST_PAUSE = 30;

/**
 * Seconds to wait before another process takes the place of one that died: the longer the more of
 * them, in a row, died young.
 */
export function restartPause(shortLives: number): number {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.max(0, shortLives - 1));
}
