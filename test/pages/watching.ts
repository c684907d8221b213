import { Command, subscribe } from "mandate";
import { startOpenTelemetry } from "mandate/opentelemetry";
import { startWorker } from "mandate/worker";

class Print extends Command {
  static {
    this.retry(0);
  }

  call() {
    throw new Error("out of paper");
  }
}

startOpenTelemetry(); // spans and metrics, by the SDK that has started

subscribe({ dead: ({ className, error }) => console.log(className, String(error)) });

await Print.defer();
await (await startWorker()).drain();

// Output: Print Error: out of paper
