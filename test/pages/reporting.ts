import { Command, configure } from "mandate";
import { startWorker } from "mandate/worker";

const reporter = {
  captureException(error: unknown, { tags }: { tags: object }) {
    console.log(String(error), ...Object.keys(tags));
  },
  captureMessage(message: string, level: string) {
    console.log(message, level);
  },
};

class Import extends Command {
  static {
    this.retry(0);
  }

  call() {
    throw new RangeError("no such file");
  }
}

configure({
  errorHandlers: [(error, job) => reporter.captureException(error, { tags: { jid: job?.id } })],
  deathHandlers: [(job) => reporter.captureMessage(`${job.className} is dead`, "fatal")],
});

await Import.defer();

const worker = await startWorker();
await worker.drain();

// Output: RangeError: no such file jid
// Output: Import is dead fatal
