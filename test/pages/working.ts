import { Command } from "mandate";
import { startWorker } from "mandate/worker";

class Nap extends Command {
  async call() {
    console.log("fell asleep");
    process.kill(process.pid, "SIGTERM"); // as the operating system does at a deploy
    await new Promise((resolve) => setTimeout(resolve, 20));
    console.log("slept well");
  }
}

await Nap.defer();

const worker = await startWorker({
  queues: ["critical", "default"],
  shutdownTimeout: "10 seconds",
});
process.once("SIGTERM", () => void worker.stop());
process.once("SIGINT", () => void worker.stop());

// Output: fell asleep
// Output: slept well
