import { Command, configure } from "mandate";
import { startWorker } from "mandate/worker";

const reporter = {
  captureException(error: unknown, { tags, level }: { tags?: object; level?: string }) {
    console.log(String(error), ...Object.keys(tags ?? {}), ...(level === undefined ? [] : [level]));
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
  deathHandlers: [(_job, error) => reporter.captureException(error, { level: "fatal" })],
});

await Import.defer();

const worker = await startWorker();
await worker.drain();

// Output: RangeError: no such file jid
// Output: RangeError: no such file fatal
