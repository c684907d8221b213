// A worker in a process of its own, on the store that MANDATE_URL names. It says to whoever started it what it runs.
import { Command, registerCommands } from "mandate";
import { Worker } from "mandate/worker";

class Note extends Command.initializeWith((name: string, how: string) => ({ name, how })) {
  static {
    this.keepResult("1 minute");
  }

  async call(): Promise<string> {
    process.send?.(this.name);
    if (this.how === "hang") {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    }
    return "kept";
  }
}

registerCommands(Note);
const worker = new Worker({ concurrency: 2, leaseTtl: 2, shutdownTimeout: 1 });
await worker.start();
process.send?.("started");
process.on("disconnect", () => process.exit(1));
