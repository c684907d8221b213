import { Ticker } from "../worker/ticker.ts";

/** Seconds. */
const LOOK_EVERY = 1;

/**
 * Tells once when npx, npm or the like is gone that started this process: told to stop, they end
 * without handing that on, and leave behind what nobody looks after. Whoever else starts a program
 * may end before it, as a shell does after nohup.
 */
export function onLauncherGone(onGone: () => void): void {
  if (process.env["npm_lifecycle_event"] === undefined) {
    return;
  }
  const launcher = process.ppid;
  const ticker = new Ticker(LOOK_EVERY, () => {
    if (process.ppid !== launcher) {
      ticker.stop();
      onGone();
    }
  });
  ticker.start();
}
