// Nothing but the idle worker keeps the process alive until the timer fires, which does not.
import { startWorker } from "mandate/worker";
import { silentLogger } from "../../../src/support/logger.ts";

const worker = await startWorker({ logger: silentLogger });
setTimeout(() => {
  console.log("alive");
  void worker.stop();
}, 100).unref();

// Output:
// alive
