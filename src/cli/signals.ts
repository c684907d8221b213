import { clock } from "../support/clock.ts";

export interface SignalActions {
  /** SIGTSTP. */
  readonly quiet: () => void;
  /** The first SIGTERM or SIGINT. */
  readonly stop: (signal: string) => void;
  /** SIGINT, when it was told to stop before. */
  readonly end: () => void;
  /** SIGTTIN. */
  readonly tell: () => void;
}

/**
 * Seconds within which a second SIGINT is still the first: Ctrl-C goes to every process of a
 * terminal's group, and npx hands on what it got of that itself.
 */
const ONE_KEYPRESS = 0.5;

/** From here on the process decides itself what signals do to it. */
export function onSignals({ quiet, stop, end, tell }: SignalActions): void {
  let toldAt: number | undefined;
  const stopOnce = (signal: string): void => {
    if (toldAt === undefined) {
      toldAt = clock.monotonic();
      stop(signal);
    }
  };
  process.on("SIGTERM", stopOnce);
  process.on("SIGINT", (signal) => {
    if (toldAt !== undefined && clock.monotonic() - toldAt > ONE_KEYPRESS) {
      end();
    }
    stopOnce(signal);
  });
  process.on("SIGTSTP", quiet);
  process.on("SIGTTIN", tell);
}
