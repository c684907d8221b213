import type { Worker } from "mandate/worker";

/** A worker that is loaded ahead: it says so, works once it is told to, and ends as operators end it. */
export function workWhenTold(worker: Worker): void {
  process.on("message", () => void start(worker));
  process.on("SIGTERM", () => void worker.stop().then(() => process.exit(0)));
  // Whoever started it is gone.
  process.on("disconnect", () => process.exit(1));
  process.send?.("loaded");
}

/** The store may be away at the time. */
async function start(worker: Worker): Promise<void> {
  try {
    await worker.start();
  } catch {
    setTimeout(() => void start(worker), 100);
  }
}
