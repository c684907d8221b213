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

/** A record that Ruby has as well. */
export class User {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

export class Post {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

/** Its key has two parts, which GlobalID before 1.0 cannot say. */
export class LineItem {
  readonly ids: readonly string[];

  constructor(ids: readonly string[]) {
    this.ids = ids;
  }
}

/** What jobs got, by jid: values that no JSON could tell apart. */
export const received = new Map<string, readonly unknown[]>();

export class Echo extends Command.initializeWith((...args: unknown[]) => ({ args })) {
  static override readonly commandName: string = "Interop::Echo";
  static {
    this.jobOptions({ wireFormat: "activejob", rubyValues: "exact" });
  }

  async call(): Promise<void> {
    received.set(this.job?.id ?? "", this.args);
    const command = (this.constructor as typeof Echo).commandName;
    await record({ command, jid: this.job?.id });
  }
}

export class LowEcho extends Echo {
  static override readonly commandName = "Interop::LowEcho";
  static {
    this.queueAs("low");
  }
}

export class EchoJob extends Job {
  static {
    this.jobOptions({ wireFormat: "activejob", rubyValues: "exact" });
  }

  async perform(...args: unknown[]): Promise<void> {
    received.set(this.job?.id ?? "", args);
    await record({ job: "EchoJob", jid: this.job?.id });
  }
}

/** Fails here, always. */
export class FailingJob extends Job {
  static {
    this.jobOptions({ wireFormat: "activejob" });
    this.retryIn(() => 3600);
  }

  perform(message = "active job broke"): void {
    throw new BoomError(message);
  }
}
