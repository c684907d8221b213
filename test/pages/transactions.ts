import { Command, deferAfter } from "mandate";
import { startWorker } from "mandate/worker";

class Index extends Command.initializeWith((bookId: number) => ({ bookId })) {
  call() {
    console.log(`indexed book ${this.bookId}`);
  }
}

/** Stands for your database. */
const database = {
  async transaction(work: () => Promise<void>) {
    await work();
    console.log("committed");
  },
};

await deferAfter(() =>
  database.transaction(async () => {
    await Index.defer(1); // enqueued when the transaction is committed, dropped when it is not
  }),
);

await deferAfter(() =>
  database.transaction(async () => {
    await Index.defer(2);
    throw new Error("no such book");
  }),
).catch((error: Error) => console.log(`rolled back: ${error.message}`));

const worker = await startWorker();
await worker.drain();

// Output: committed
// Output: rolled back: no such book
// Output: indexed book 1
