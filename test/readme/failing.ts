import { abort, Command, configure, errorKinds, retryAfter, TimeoutError } from "mandate";
import { startWorker } from "mandate/worker";

class CardDeclinedError extends Error {}

let attempts = 0;

class Charge extends Command.initializeWith((card: string) => ({ card })) {
  static {
    this.timeout("30 seconds"); // aborts this.signal, and fails with TimeoutError
    this.retryOn([TimeoutError, errorKinds.connection], { wait: "polynomially", attempts: 5 });
    this.retryOn(errorKinds.httpStatus(429, 503), { wait: (_, error) => retryAfter(error) });
    this.discardOn({ name: "CardError", code: ["lost_card", "stolen_card"] });
    this.discardOn(CardDeclinedError, (job, error) => {
      console.log(`${job.className} was discarded: ${error.message}`);
    });
    this.beforeEnqueue((job) => {
      if (job.arguments[0] === "test") throw abort; // not enqueued, and no error
    });
    this.aroundPerform(async (job, next) => {
      console.log(`before ${job.className}`);
      await next();
      console.log(`after ${job.className}`);
    });
  }

  call() {
    if (this.card === "declined") throw new CardDeclinedError("no funds");
  }
}

class Export extends Command {
  static {
    this.retry(3); // as Sidekiq does, 25 times unless told otherwise
    this.retryIn((count) => 0.01 * (count + 1));
    this.retriesExhausted((job, error) => {
      console.log(`${job.className} is dead: ${(error as Error).message}`);
    });
  }

  call() {
    attempts += 1;
    throw new Error(`attempt ${attempts} failed`);
  }
}

configure({
  middleware: {
    enqueue: [
      async (job, next) => {
        job.record["requested_by"] = "ada"; // travels with the job
        await next();
      },
    ],
  },
});

console.log(await Charge.defer("test")); // undefined: the callback kept it out
await Charge.defer("visa");
await Charge.defer("declined");

const worker = await startWorker({ concurrency: 1 });
const job = await Export.defer();
await worker.drain();
console.log(await job.status());

// Output: undefined
// Output: before Charge
// Output: after Charge
// Output: before Charge
// Output: Charge was discarded: no funds
// Output: Export is dead: attempt 4 failed
// Output: dead
