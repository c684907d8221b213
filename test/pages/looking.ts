import { Command, deadSet, stats } from "mandate";
import { startWorker } from "mandate/worker";

let isMended = false;

class Convert extends Command.initializeWith((file: string) => ({ file })) {
  static {
    this.retry(0);
  }

  call() {
    if (!isMended) throw new Error("no converter");
    console.log(`converted ${this.file}`);
  }
}

await Convert.defer("a.md");
await (await startWorker()).drain();
console.log((await stats()).dead);

isMended = true;
for await (const job of deadSet().each()) {
  console.log(job.className, job.arguments, job.errorMessage);
  await job.retry();
}
await (await startWorker()).drain();

// Output: 1
// Output: Convert [ 'a.md' ] no converter
// Output: converted a.md
