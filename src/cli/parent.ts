import { Worker as Thread } from "node:worker_threads";
import { MandateError } from "../support/errors.ts";
import { Ticker } from "../worker/ticker.ts";
import type { Condition } from "./health.ts";
import type { MetricsOfProcess } from "./metrics.ts";

/** Which of a supervisor's processes a process is. */
export const PROCESS_VARIABLE = "MANDATE_PROCESS";

/** Seconds. */
const REPORT_EVERY = 1;

/** The process that started this one ended. */
class SupervisorGoneError extends MandateError {
  static {
    this.named("SupervisorGoneError");
  }

  readonly code = "MANDATE_SUPERVISOR_GONE";
}

/** What a supervisor sends to a child whose metrics it wants. */
export const ASK_FOR_METRICS = "metrics";

/** What the child answers. */
export interface Told {
  readonly metrics: MetricsOfProcess;
}

/** How a child and its supervisor hold on to each other. */
export interface Parent {
  /** Which of its children this is, from 1. */
  readonly number: number;
  /** Tells the supervisor, now and again each second. */
  report(condition: () => Condition): void;
  /** Answers whenever the supervisor asks for metrics. */
  answer(metrics: () => Promise<MetricsOfProcess>): void;
}

/**
 * The supervisor that started this process; `undefined` where there is none.
 *
 * @param grace Seconds that this process needs to end by itself. After that it is killed.
 * @param onGone Called once the supervisor is no more.
 * @throws {SupervisorGoneError} if that is so already.
 */
export function findParent(grace: number, onGone: () => void): Parent | undefined {
  const number = process.env[PROCESS_VARIABLE];
  if (number === undefined) {
    return undefined;
  }
  // What jobs start is no child of the supervisor.
  delete process.env[PROCESS_VARIABLE];
  if (!process.connected) {
    throw new SupervisorGoneError("Cannot work: the supervisor that started this process is gone");
  }
  process.once("disconnect", onGone);
  killOrphan(grace);
  return {
    number: Number(number),
    report(condition) {
      send(condition());
      new Ticker(REPORT_EVERY, () => send(condition())).start();
    },
    answer(metrics) {
      process.on("message", (message) => {
        if (message === ASK_FOR_METRICS) {
          // The supervisor does without those of a process that cannot tell.
          metrics().then(
            (told) => send({ metrics: told }),
            () => undefined,
          );
        }
      });
    },
  };
}

function send(message: Condition | Told): void {
  if (process.connected) {
    // Sending may fail where the supervisor dies just now; that is told by "disconnect".
    process.send?.(message, undefined, undefined, () => undefined);
  }
}

/**
 * A job that never lets go of the event loop would keep this process from hearing that its
 * supervisor is gone. A thread sees it, by the process that children of the dead are given to.
 */
function killOrphan(grace: number): void {
  const code = `
    const { parent, grace } = require("node:worker_threads").workerData;
    let goneFor = 0;
    setInterval(() => {
      goneFor = process.ppid === parent ? 0 : goneFor + 1;
      if (goneFor > grace) process.kill(process.pid, "SIGKILL");
    }, 1000);`;
  const workerData = { parent: process.ppid, grace };
  new Thread(code, { eval: true, workerData, execArgv: [], stdin: false }).unref();
}
