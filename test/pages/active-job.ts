import { Job } from "mandate";
import { startWorker } from "mandate/worker";

class CleanUp extends Job {
  static {
    this.queueAs("low");
  }

  perform(folder: string, olderThanDays = 30) {
    console.log(`cleans ${folder} of what is older than ${olderThanDays} days`);
  }
}

await CleanUp.performLater("tmp");
await CleanUp.set({ wait: "1 second", queue: "nightly" }).performLater("cache", 7);
await CleanUp.performNow("log", 1); // here, with its callbacks and rules for errors

const worker = await startWorker();
await worker.drain();

// Output: cleans log of what is older than 1 days
// Output: cleans tmp of what is older than 30 days
// Output: cleans cache of what is older than 7 days
