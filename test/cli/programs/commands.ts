// What the program loads in tests: each command says in the log what it does.
import { once } from "node:events";
import { Command } from "mandate";

export class Greet extends Command.initializeWith((name: string) => ({ name })) {
  call(): void {
    this.logger.info({}, `Hello ${this.name}`);
  }
}

/** Ends when its process gets SIGUSR2, or when it is aborted. */
export class Wait extends Command {
  async call(): Promise<void> {
    const { signal } = this;
    const released = once(process, "SIGUSR2", { signal });
    this.logger.info({}, "Waits");
    await released;
    this.logger.info({}, "Released");
  }
}

/** Heeds no signal. */
export class Tick extends Command {
  async call(): Promise<void> {
    this.logger.info({}, "Ticks");
    setInterval(() => this.logger.info({}, "Tick"), 50);
    await new Promise(() => undefined);
  }
}

/** Leaves an error that nobody catches. */
export class Leave extends Command {
  call(): void {
    setImmediate(() => {
      throw new RangeError("Nobody catches this");
    });
  }
}

/** Never lets go of the event loop; and leaves the processor to others, unlike an endless loop. */
export class Hang extends Command {
  call(): void {
    this.logger.info({}, "Hangs");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
}
