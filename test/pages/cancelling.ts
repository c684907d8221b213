import { setTimeout as pause } from "node:timers/promises";
import { Command, jobById } from "mandate";
import { startWorker } from "mandate/worker";

let begin = (): void => undefined;
const begun = new Promise<void>((resolve) => (begin = resolve));

class Import extends Command.initializeWith((file: string) => ({ file })) {
  async call() {
    begin();
    await pause(3_600_000, this.file, { signal: this.signal }); // fetch, a query …: what takes a signal
    console.log("never printed");
  }
}

const waiting = await Import.defer("a.csv");
console.log(await waiting.cancel(), await waiting.status());

const worker = await startWorker();
const job = await Import.defer("b.csv");
await begun;

await jobById(job.id).cancel(); // or job.cancel()
await worker.drain();
console.log(await job.status());

// Output: true cancelled
// Output: cancelled
