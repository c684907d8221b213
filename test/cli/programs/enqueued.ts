// What tests of `mandate enqueue` load.
import { abort, Command, globalId, Job } from "mandate";

class EnqueuedUser {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }

  static find(id: string): EnqueuedUser {
    return new EnqueuedUser(id);
  }
}

// Rows without a class, registered without `is`.
globalId.register("EnqueuedOrder", { find: (id) => ({ id: Number(id), card: "4242" }) });
globalId.register(EnqueuedUser, { find: (id) => EnqueuedUser.find(String(id)) });

export class SendMail extends Command.initializeWith((to: unknown, options?: object) => ({
  to,
  options,
})) {
  static {
    this.queueAs("mailers");
  }

  call(): void {}
}

export class Charge extends Command.initializeWith((order: { cents: number }) => ({ order })) {
  call(): number {
    return this.order.cents;
  }
}

export class CleanUp extends Job {
  perform(): void {}
}

export class Refused extends Command {
  static {
    this.beforeEnqueue(() => {
      throw abort;
    });
  }

  call(): void {}
}
