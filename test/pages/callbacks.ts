import { abort, Command, configure } from "mandate";
import { startWorker } from "mandate/worker";

class Import extends Command.initializeWith((file: string) => ({ file })) {
  static {
    this.beforeEnqueue((job) => {
      if (job.arguments[0] === "") throw abort; // the job is not enqueued
    });
    this.aroundPerform("withLock"); // a method's name, checked by the compiler
    this.afterPerform((job, command) => console.log(`${job.className} read ${command.rows} rows`));
  }

  rows = 0;

  async withLock(next: () => Promise<void>) {
    console.log(`locked ${this.file}`);
    await next();
  }

  call() {
    this.rows = 3;
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
    perform: [
      async (job, next) => {
        console.log(`${job.className} was requested by ${String(job.record["requested_by"])}`);
        await next();
      },
    ],
  },
});

console.log(await Import.defer(""));
await Import.defer("a.csv");

const worker = await startWorker();
await worker.drain();

// Output: undefined
// Output: Import was requested by ada
// Output: locked a.csv
// Output: Import read 3 rows
