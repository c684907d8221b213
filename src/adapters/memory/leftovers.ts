import type { Logger } from "../../support/logger.ts";

const PATIENCE_MS = 1_000;

/** Counts of jobs that may be left when the process ends. One listener serves them all. */
const open = new Set<Leftovers>();

/**
 * Says so when jobs wait in this process and nobody works on them, and when they are lost with it.
 *
 * It counts unfinished jobs by itself and knows nothing of their adapter, so that an adapter that
 * nobody closed can be collected all the same.
 */
export class Leftovers {
  readonly #logger: Logger;
  #count = 0;
  #leases = 0;
  #timer: NodeJS.Timeout | undefined;
  #toldOfIdleness = false;
  #closed = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** A job came, or came back from the dead. */
  added(): void {
    this.#count += 1;
    if (this.#count === 1 && !this.#closed) {
      watchExit(this);
    }
    this.#watchIdleness();
  }

  /** A job was finished, or died. */
  removed(): void {
    this.#count -= 1;
  }

  leaseOpened(): void {
    this.#leases += 1;
  }

  leaseClosed(): void {
    this.#leases -= 1;
    this.#watchIdleness();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    open.delete(this);
    if (open.size === 0) {
      process.off("exit", tellAll);
    }
  }

  /** Called when the process exits. */
  tellOfLoss(): void {
    if (this.#count > 0) {
      this.#logger.warn(
        { jobs: this.#count },
        `${jobs(this.#count)} lost with this process: the memory adapter keeps none. Let a worker ` +
          "finish them before the process ends, or set REDIS_URL to keep them in Redis",
      );
    }
  }

  #watchIdleness(): void {
    const told = this.#closed || this.#toldOfIdleness || this.#timer !== undefined;
    if (told || this.#leases > 0 || this.#count === 0) {
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#leases === 0 && this.#count > 0) {
        this.#toldOfIdleness = true;
        this.#logger.warn(
          { jobs: this.#count },
          `${jobs(this.#count)} waiting in the memory adapter, and no worker runs in this process. ` +
            "Start one with startWorker() from mandate/worker",
        );
      }
    }, PATIENCE_MS);
    this.#timer.unref();
  }
}

function watchExit(leftovers: Leftovers): void {
  if (open.size === 0) {
    process.on("exit", tellAll);
  }
  open.add(leftovers);
}

function tellAll(): void {
  for (const leftovers of open) {
    leftovers.tellOfLoss();
  }
}

function jobs(count: number): string {
  return count === 1 ? "1 job is" : `${count} jobs are`;
}
