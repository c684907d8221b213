export { Worker, startWorker } from "./worker/worker.ts";
export type { DrainOptions } from "./worker/drain.ts";
export type { WorkerOptions } from "./worker/worker-options.ts";
export type { Queues, QueueWeight } from "./worker/queue-order.ts";
export type { WorkerEvent, WorkerListener } from "./worker/lifecycle.ts";
export type { RunningNow } from "./worker/running-now.ts";
export { ShutdownError } from "./worker/shutdown.ts";
export type { DeathHandler, ErrorHandler } from "./job/settings/run-environment.ts";
