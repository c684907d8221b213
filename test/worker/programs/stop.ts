// Ends by itself: after stop() nothing of the worker is left, even where a job never ends.
import { Command, configure, MandateError } from "mandate";
import { startWorker } from "mandate/worker";
import { silentLogger } from "../../../src/support/logger.ts";

configure({ logger: silentLogger });

class Greet extends Command.initializeWith((name: string) => ({ name })) {
  call(): void {
    console.log(`Hello, ${this.name}`);
  }
}

let hangs = (): void => undefined;
const hanging = new Promise<void>((resolve) => {
  hangs = resolve;
});

class Hang extends Command {
  call(): Promise<void> {
    hangs();
    const { signal } = this;
    signal.addEventListener("abort", () => {
      console.log((signal.reason as MandateError).code);
    });
    return new Promise(() => undefined);
  }
}

const worker = await startWorker({ shutdownTimeout: 0.05, concurrency: 2 });
await Greet.defer("you");
await Greet.defer("tomorrow", { wait: "1 day" });
const job = await Hang.defer();
await hanging;
await worker.stop();
console.log(await job.status());

// Output:
// Hello, you
// MANDATE_SHUTDOWN
// enqueued
