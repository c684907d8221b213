import { Command, Job } from "mandate";
import type { Redis } from "ioredis";

/**
 * The counterparts of Ruby's jobs and commands, under Ruby's names. Each says in `interop:results` that it
 * ran, as Ruby's do.
 */
let redis: Redis | undefined;

export function recordIn(client: Redis): void {
  redis = client;
}

async function record(result: object): Promise<void> {
  await redis?.rpush("interop:results", JSON.stringify({ ...result, by: "typescript" }));
}

export class PlainWorker extends Job {
  static override readonly jobName: string = "PlainWorker";

  async perform(...args: unknown[]): Promise<void> {
    const worker = (this.constructor as typeof PlainWorker).jobName;
    await record({ worker, jid: this.job?.id, args });
  }
}

export class LowWorker extends PlainWorker {
  static override readonly jobName = "LowWorker";
  static {
    this.queueAs("low");
  }
}

/** Fails here, always. */
export class FailingWorker extends Job {
  static override readonly jobName = "FailingWorker";
  static {
    this.retryIn(() => 3600);
  }

  perform(message = "it broke"): void {
    throw new BoomError(message);
  }
}

/** Ruby's sleeps; this one goes on until it is told to end. */
export class SleepWorker extends Job {
  static override readonly jobName = "SleepWorker";

  async perform(seconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      this.signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    });
    await record({ worker: "SleepWorker", jid: this.job?.id, args: [seconds] });
  }
}

class BoomError extends Error {
  static {
    this.prototype.name = "Interop::Boom";
  }
}

export class Echo extends Command.initializeWith((...args: unknown[]) => ({ args })) {
  static override readonly commandName: string = "Interop::Echo";

  async call(): Promise<void> {
    const command = (this.constructor as typeof Echo).commandName;
    await record({ command, jid: this.job?.id, args: this.args });
  }
}
