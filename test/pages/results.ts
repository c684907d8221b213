import { Command } from "mandate";
import { startWorker } from "mandate/worker";

const rows = [40, 2];

class AddUp extends Command.initializeWith((file: string) => ({ file })) {
  static {
    this.keepResult("1 hour");
  }

  async call() {
    let sum = 0;
    for (const [index, row] of rows.entries()) {
      sum += row;
      this.progress(index + 1, rows.length, `reading ${this.file}`);
    }
    return { sum };
  }
}

const worker = await startWorker();

const job = await AddUp.defer("a.csv");
const { sum } = await job.result({ timeout: "10 seconds" }); // typed as call() is
const { done, total, note } = (await job.progress())!;
console.log(sum, `${done} of ${total}: ${note}`);

await worker.stop();

// Output: 42 2 of 2: reading a.csv
