import { Command, deferAll } from "mandate";
import { startWorker } from "mandate/worker";

class Import extends Command.initializeWith((file: string) => ({ file })) {
  static {
    this.queueAs("bulk");
  }

  call() {
    console.log(`imported ${this.file}`);
  }
}

class Summarize extends Command {
  call() {
    console.log("summarized");
  }
}

await Import.defer("a.csv"); // as soon as a worker is free
await Import.defer("b.csv", { wait: "1 second" }); // later
await Import.set({ queue: "urgent", priority: 5 }).defer("c.csv"); // elsewhere

const [first, second] = await deferAll([Import.prepare("d.csv"), Import.prepare("e.csv")]); // in one round trip
await Summarize.defer({ prereqJobs: [first!, second!] }); // when both are done

console.log(await first!.status()); // "enqueued": none of this has run yet

const worker = await startWorker({ queues: ["urgent", "default", "bulk"], concurrency: 1 });
await worker.drain();

// Output: enqueued
// Output: imported c.csv
// Output: imported a.csv
// Output: imported d.csv
// Output: imported e.csv
// Output: summarized
// Output: imported b.csv
