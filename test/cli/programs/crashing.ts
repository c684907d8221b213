// Loaded beside commands.ts: what throws where nobody catches it.
import { setTimeout } from "node:timers/promises";
import { Command } from "mandate";

/** Rejects a promise that nobody awaits, and goes on. */
export class Float extends Command {
  async call(): Promise<void> {
    void setTimeout(10).then(() => {
      throw new RangeError("Nobody awaits this");
    });
    await new Promise(() => undefined);
  }
}

/** Throws in a timer, and goes on. */
export class Explode extends Command {
  static {
    this.retry(0);
  }

  async call(): Promise<void> {
    globalThis.setTimeout(() => {
      throw new RangeError("Nobody can catch this");
    }, 10);
    await new Promise(() => undefined);
  }
}

// No job's.
process.on("SIGHUP", () => {
  throw new RangeError("Nobody's");
});
