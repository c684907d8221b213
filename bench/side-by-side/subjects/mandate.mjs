// This library, as built into dist/: commands on Redis, at log level "warn" since the peers log nothing.
import { readFileSync } from "node:fs";
import {
  Command,
  configure,
  consoleLogger,
  deferAll,
  globalId,
  registerCommands,
} from "../../../dist/index.js";
import { RedisAdapter } from "../../../dist/redis.js";
import { Worker } from "../../../dist/worker.js";

const root = new URL("../../../", import.meta.url);
export const version = JSON.parse(readFileSync(new URL("package.json", root), "utf8")).version;
export const settings = 'defaults; log level "warn"';

const hooks = { run: () => {} };

class Noop extends Command.initializeWith((id, text, options) => ({ id, text, options })) {
  call() {
    return hooks.run([this.id, this.text, this.options]);
  }
}

class Limited extends Command.initializeWith((id, text, options) => ({ id, text, options })) {
  static {
    this.limitConcurrency({ to: 1_000 });
  }

  call() {
    return hooks.run([this.id, this.text, this.options]);
  }
}

class Unique extends Command.initializeWith((id, text, options) => ({ id, text, options })) {
  static {
    this.unique({ by: (id) => id });
  }

  call() {
    return hooks.run([this.id, this.text, this.options]);
  }
}

class Timed extends Command.initializeWith((id, text, options) => ({ id, text, options })) {
  static {
    this.queueAs("timed");
  }

  call() {
    return hooks.run([this.id, this.text, this.options]);
  }
}

class User {
  constructor(id) {
    this.id = id;
  }
}

class Referring extends Command.initializeWith((a, b, c, d, e) => ({ users: [a, b, c, d, e] })) {
  call() {
    return hooks.run(this.users);
  }
}

/** @param {{ url: string }} options */
export function open({ url }) {
  const logger = consoleLogger({ level: "warn" });
  return openWith(new RedisAdapter({ url, logger }), logger);
}

export async function openWith(adapter, logger) {
  configure({ adapter, logger });
  let held;
  let standby;
  registerCommands(Noop, Limited, Unique, Timed, Referring);
  globalId.register(User, {
    find: async (id) => new User(Number(id)),
    findMany: async (ids) => ids.map((id) => new User(Number(id))),
  });
  return {
    enqueueOne: (args) => Noop.defer(...args),
    enqueueMany: (list) => deferAll(list.map((args) => Noop.prepare(...args))),
    enqueueLimited: (list) => deferAll(list.map((args) => Limited.prepare(...args))),
    enqueueUnique: (list) => deferAll(list.map((args) => Unique.prepare(...args))),
    enqueueAt: (args, atMs) => Timed.set({ waitUntil: new Date(atMs) }).defer(...args),
    enqueueReferring: (list) =>
      deferAll(
        list.map(([id]) =>
          Referring.prepare(...[0, 1, 2, 3, 4].map((more) => new User(id + more))),
        ),
      ),
    /** While a worker serves the queue, which is what makes them wait by priority, and takes none. */
    async enqueuePrioritised(list) {
      if (standby === undefined) {
        await adapter.store.pause("default");
        standby = new Worker({ concurrency: 1, queues: ["default"] });
        await standby.start();
      }
      await deferAll(list.map(([args, priority]) => Noop.set({ priority }).prepare(...args)));
    },
    enqueueOver: (list, queues) =>
      deferAll(list.map((args) => Noop.set({ queue: `q${args[0] % queues}` }).prepare(...args))),
    /** Jobs that stay where they are: due tomorrow, or waiting for one that is. */
    async park(list, kind) {
      const wait = "1 day";
      held ??= kind === "blocked" ? await Noop.set({ wait }).defer(...list[0]) : undefined;
      const options = held === undefined ? { wait } : { prereqJobs: [held] };
      await deferAll(list.map((args) => Noop.set(options).prepare(...args)));
    },
    async startWorker({ concurrency, run, isTimed = false, queues: count = 0 }) {
      hooks.run = run;
      const before = (await adapter.store.counters()).processed;
      const own = isTimed ? ["timed", "default"] : ["default"];
      const queues = count > 0 ? Array.from({ length: count }, (_, at) => `q${at}`) : own;
      const worker = new Worker({ concurrency, queues });
      await worker.start();
      if (standby !== undefined) {
        await standby.stop();
        standby = undefined;
        await adapter.store.resume("default");
      }
      return {
        acknowledged: async () => (await adapter.store.counters()).processed - before,
        areWaiting: async () => (await adapter.store.size({ queue: "default" })) > 0,
        stop: () => worker.stop(),
      };
    },
    close: () => adapter.close(),
  };
}
