import { Command, errorKinds, retryAfter } from "mandate";
import { startWorker } from "mandate/worker";

class CardDeclinedError extends Error {}

class Charge extends Command.initializeWith((card: string) => ({ card })) {
  static {
    this.timeout("30 seconds");
    this.retryOn([errorKinds.connection, errorKinds.timeout], { wait: "polynomially" });
    this.retryOn(errorKinds.httpStatus(429, 503), { wait: (_, error) => retryAfter(error) });
    this.discardOn({ name: "CardError", code: ["lost_card", "stolen_card"] });
    this.discardOn(CardDeclinedError, (job, error) => {
      console.log(`${job.className} was discarded: ${error.message}`);
    });
  }

  call() {
    if (this.card === "declined") throw new CardDeclinedError("no funds");
  }
}

let attempts = 0;

class Export extends Command {
  static {
    this.retry(3);
    this.retryIn((count) => 0.01 * (count + 1)); // seconds
    this.retriesExhausted((job, error) => {
      console.log(`${job.className} is dead: ${(error as Error).message}`);
    });
  }

  call() {
    attempts += 1;
    throw new Error(`attempt ${attempts} failed`);
  }
}

await Charge.defer("declined");

const worker = await startWorker({ concurrency: 1 });
const job = await Export.defer();
await worker.drain();
console.log(await job.status());

// Output: Charge was discarded: no funds
// Output: Export is dead: attempt 4 failed
// Output: dead
