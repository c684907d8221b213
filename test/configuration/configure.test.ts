import {
  Command,
  configure,
  ConfigurationError,
  globalId,
  GlobalID,
  InvalidDurationError,
  MemoryAdapter,
  registerCommands,
  silentLogger,
  UnknownOptionError,
  type Configuration,
} from "mandate";
import { Worker } from "mandate/worker";
import { container } from "tsyringe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { globalIdSettings } from "../../src/globalid/settings.ts";
import { settings } from "../../src/job/settings/settings.ts";
import { recordingLogger } from "../command/recording-logger.ts";

const defaults = {
  adapter: new MemoryAdapter(),
  appName: "app",
  container,
  defaultQueue: "default",
  deathHandlers: [],
  enqueueTimeout: 5,
  errorHandlers: [],
  jobOptions: {},
  logArguments: true,
  logger: silentLogger,
  middleware: { enqueue: [], perform: [] },
  reloading: false,
  retry: 25,
  timestamps: "seconds",
  wireFormat: "native",
} satisfies Configuration;

class Greet extends Command.initializeWith((name: string) => ({ name })) {
  call() {}
}

beforeEach(() => configure(defaults));
afterEach(() => configure(defaults));

describe("configure", () => {
  it("starts from defaults", () => {
    expect(settings()).toMatchObject({
      defaultQueue: "default",
      retry: 25,
      enqueueTimeout: 5,
      enqueueMiddleware: [],
      performMiddleware: [],
      logArguments: true,
      reloading: false,
    });
  });

  it("sets the unit of times in records", () => {
    const { created_at: before } = Greet.prepare("Ada").record;

    configure({ timestamps: "milliseconds" });

    const { created_at: after } = Greet.prepare("Ada").record;
    expect(String(before)).toMatch(/^\d{10}\.\d+$/);
    expect(String(after)).toMatch(/^\d{13}$/);
  });

  it("leaves an adapter's own options to it, whichever comes first", () => {
    const own = new MemoryAdapter({ logger: silentLogger, timestamps: "milliseconds" });
    const other = new MemoryAdapter({ logger: silentLogger });

    configure({ adapter: own, timestamps: "seconds" });
    const units = [own.timestamps];
    configure({ adapter: other });
    configure({ timestamps: "milliseconds" });
    units.push(other.timestamps);
    configure({ timestamps: "seconds" });
    units.push(other.timestamps);

    expect(units).toEqual(["milliseconds", "milliseconds", "seconds"]);
  });

  it("sets the application's name in global ids", () => {
    class Author {
      id = 7;
    }
    globalId.register(Author, { find: () => undefined });

    configure({ appName: "shop" });

    expect(GlobalID.create(new Author()).toString()).toBe("gid://shop/Author/7");
  });

  it("sets where jobs wait", async () => {
    const adapter = new MemoryAdapter({ logger: silentLogger });

    configure({ adapter });
    const job = await Greet.defer("Ada");

    expect(await adapter.status(job.id)).toBe("enqueued");
    expect(await defaults.adapter.status(job.id)).toBe("finished");
  });

  it("sets the container that inject resolves from", () => {
    const own = container.createChildContainer();
    own.register("word", { useValue: "own" });
    class Say extends Command {
      private readonly word = this.inject<string>("word");
      call() {
        return this.word;
      }
    }

    configure({ container: own });

    expect(Say.call()).toBe("own");
  });

  it("sets the logger", async () => {
    const { logger, lines } = recordingLogger();

    configure({ logger });
    await Greet.defer("Ada");
    await new Worker().drain();

    expect(lines("info")).toContainEqual("Performing Greet");
  });

  it("sets the queue and the retries of classes that name none", () => {
    configure({ defaultQueue: "app", retry: 3 });

    expect(Greet.prepare("Ada").queueName).toBe("app");
    expect(settings().retry).toBe(3);
  });

  it("sets the job options of classes that do not declare their own", () => {
    class Own extends Command {
      static {
        this.retry(3);
        this.jobOptions({ dead: true, retryQueue: "own" });
      }

      call() {}
    }
    configure({
      jobOptions: { retry: 10, backtrace: 20, dead: false, retryQueue: "low", tags: ["app"] },
    });

    const all = { backtrace: 20, tags: ["app"] };
    expect(Greet.prepare("Ada").record).toMatchObject({
      ...all,
      retry: 10,
      dead: false,
      retry_queue: "low",
    });
    expect(Own.prepare().record).toMatchObject({ ...all, retry: 3, retry_queue: "own" });
    expect(Own.prepare().record).not.toHaveProperty("dead");

    configure({ jobOptions: { retry: false } });

    expect(Greet.prepare("Ada").record).toMatchObject({ retry: false });
    expect(Greet.prepare("Ada").record).not.toHaveProperty("backtrace");
  });

  it("sets who is told of failures and deaths, before the worker's own", async () => {
    class Fail extends Command {
      static {
        this.retry(0);
      }

      call() {
        throw new RangeError("broken");
      }
    }
    const told: unknown[] = [];
    configure({
      errorHandlers: [(error, job) => told.push("all", error, job?.className)],
      deathHandlers: [(job, error) => told.push("all", job.className, error)],
    });
    await Fail.defer();

    await new Worker({
      errorHandlers: [() => told.push("own")],
      deathHandlers: [() => told.push("own")],
    }).drain();

    const error = new RangeError("broken");
    expect(told).toEqual(["all", error, "Fail", "own", "all", "Fail", error, "own"]);
  });

  it("sets how long an enqueue may wait", () => {
    configure({ enqueueTimeout: "2 minutes" });

    expect(settings().enqueueTimeout).toBe(120);
  });

  it("sets the middleware around every enqueue and every run, the first outermost", async () => {
    const log: string[] = [];
    const middleware =
      (name: string) => async (job: { className: string }, next: () => Promise<void>) => {
        log.push(`${name} ${job.className}`);
        await next();
        log.push(`${name} done`);
      };

    configure({
      middleware: { enqueue: [middleware("a"), middleware("b")], perform: [middleware("c")] },
    });
    await Greet.defer("Ada");
    await new Worker().drain();

    expect(log).toEqual(["a Greet", "b Greet", "b done", "a done", "c Greet", "c done"]);
  });

  it("leaves the other middleware as it is", () => {
    const around = async (_: unknown, next: () => Promise<void>) => next();

    configure({ middleware: { enqueue: [around] } });
    configure({ middleware: { perform: [around] } });
    configure({ middleware: {} });

    expect([settings().enqueueMiddleware, settings().performMiddleware]).toEqual([
      [around],
      [around],
    ]);
  });

  it("sets what log lines show of arguments", () => {
    const filter = () => ["[filtered]"];

    configure({ logArguments: filter });

    expect(settings().logArguments).toBe(filter);
  });

  it("lets classes and models replace one another while reloading", () => {
    const first = { Reloaded: class Reloaded extends Command { call() {} } }; // prettier-ignore
    const second = { Reloaded: class Reloaded extends Command { call() {} } }; // prettier-ignore
    registerCommands(first);

    configure({ reloading: true });

    expect(() => registerCommands(second)).not.toThrow();
    expect(globalIdSettings.reloading).toBe(true);
  });

  it("leaves as it is what is left out, or undefined", () => {
    configure({ retry: 3, defaultQueue: "app" });

    configure({ appName: "shop", retry: undefined } as object);

    expect(settings()).toMatchObject({ retry: 3, defaultQueue: "app" });
  });
});

describe("configure, with what cannot be used", () => {
  it.each([
    ["redisUrl", "Give it to a RedisAdapter, and that as adapter. There"],
    ["concurrency", "Give it to startWorker. There"],
    ["on_error", 'Did you mean "errorHandlers"? There'],
    ["default_queue", 'Did you mean "defaultQueue"? There'],
  ])("says what is meant by %s", (name, meant) => {
    expect(() => configure({ [name]: 1 })).toThrow(
      `Cannot use option "${name}" in configure: there is no such option. ${meant}`,
    );
  });

  it.each([
    ["retries", 'Did you mean "retry"?'],
    ["queue", "Set defaultQueue of configure."],
    ["dead_", 'Did you mean "dead"?'],
  ])("says what is meant by %s in jobOptions", (name, meant) => {
    expect(() => configure({ jobOptions: { [name]: 1 } })).toThrow(
      `Cannot use option "${name}" in jobOptions of configure: there is no such option. ${meant} ` +
        "There are: backtrace, dead, retryFor, retryQueue, tags, wireFormat, rubyValues, retry",
    );
  });

  it("refuses an unknown option, and names it", () => {
    expect(() => configure({ retries: 3 } as object)).toThrow(UnknownOptionError);
    expect(() => configure({ retries: 3 } as object)).toThrow(
      'Cannot use option "retries" in configure: there is no such option. Did you mean "retry"? There are: appName, adapter, ' +
        "container, logger, middleware, defaultQueue, retry, jobOptions, errorHandlers, deathHandlers, wireFormat, timestamps, enqueueTimeout, contextAttributes, logArguments, " +
        "keepFinished, deadMaxJobs, deadTimeout, reloading, secretKeyBase, globalIdVerifier, encryption, rows, timeZone, queues, recurring",
    );
    expect(() => configure({ queues: { low: { fairnes: "class" } } } as object)).toThrow(
      'Cannot use option "fairnes" in queue "low" of configure: there is no such option. Did you mean "fairness"? ' +
        "There are: concurrency, rate, fairness",
    );
    expect(() => configure({ middleware: { enqeue: [] } } as object)).toThrow(
      'Cannot use option "enqeue" in middleware of configure: there is no such option. Did you mean "enqueue"? ' +
        "There are: enqueue, perform",
    );
  });

  it.each<[object, abstract new (...args: never) => Error, string]>([
    [{ appName: "my app" }, ConfigurationError, 'Cannot use "my app" as the app of global ids'],
    [{ adapter: "redis" }, ConfigurationError, 'Cannot use "redis" as adapter of configure: give new MemoryAdapter()'],
    [{ adapter: null }, ConfigurationError, "Cannot use null as adapter of configure"],
    [{ adapter: {} }, ConfigurationError, "Cannot use an object as adapter of configure"],
    [{ container: {} }, ConfigurationError, "Cannot use an object as container of configure: give a tsyringe container"],
    [{ logger: console.log }, ConfigurationError, "Cannot use a function as logger of configure: give a logger such as pino's"],
    [{ logger: { info() {} } }, ConfigurationError, "Cannot use an object as logger of configure"],
    [{ middleware: [] }, TypeError, "Cannot use an array as middleware of configure: give an object"],
    [{ middleware: { enqueue: () => {} } }, ConfigurationError, "Cannot use a function as middleware of configure: give arrays of functions (job, next)"],
    [{ middleware: { perform: [1] } }, TypeError, "Cannot use 1 in middleware of configure: give functions (job, next)"],
    [{ defaultQueue: "two words" }, TypeError, 'Cannot use "two words" as the default queue in configure'],
    [{ retry: -1 }, RangeError, "Cannot use -1 as retry of configure: give an integer of at least 0"],
    [{ retry: "3" }, RangeError, 'Cannot use "3" as retry of configure'],
    [{ jobOptions: { retry: "3" } }, RangeError, 'Cannot use "3" as retry in jobOptions of configure'],
    [{ jobOptions: { backtrace: -1 } }, RangeError, "Cannot use -1 as backtrace in jobOptions of configure"],
    [{ jobOptions: { deda: false } }, UnknownOptionError, 'Cannot use option "deda" in jobOptions of configure'],
    [{ errorHandlers: () => {} }, ConfigurationError, "Cannot use a function as errorHandlers of configure: give an array of functions (error, job)"],
    [{ deathHandlers: [1] }, ConfigurationError, "Cannot use an array as deathHandlers of configure: give an array of functions (job, error)"],
    [{ enqueueTimeout: "5 minuets" }, InvalidDurationError, '"minuets" is not a unit of time'],
    [{ logArguments: "no" }, ConfigurationError, 'Cannot use "no" as logArguments of configure: give true, false or a function (args, className)'],
    [{ timestamps: "minutes" }, ConfigurationError, 'Cannot use "minutes" as timestamps of configure: give "seconds" or "milliseconds"'],
    [{ wireFormat: "ruby" }, ConfigurationError, 'Cannot use "ruby" as wireFormat of configure: give "native" or "activejob", or { default, queues } of them'],
    [{ wireFormat: { queue: {} } }, ConfigurationError, "Cannot use an object as wireFormat of configure"],
    [{ contextAttributes: {} }, ConfigurationError, "Cannot use an object as contextAttributes of configure: give an array of what contextAttributes() returned"],
    [{ contextAttributes: [{ requestId: "1" }] }, ConfigurationError, "Cannot use an object as an item of contextAttributes of configure: give what contextAttributes() returned"],
    [{ contextAttributes: [undefined] }, ConfigurationError, "Cannot use null as an item of contextAttributes of configure"],
    [{ reloading: 1 }, ConfigurationError, "Cannot use 1 as reloading of configure: give true or false"],
    [{ rows: "keep" }, ConfigurationError, 'Cannot use "keep" as rows of configure: give "warn", "refuse" or "allow"'],
  ])("refuses %o", (configuration, errorClass, message) => {
    expect(() => configure(configuration)).toThrow(errorClass);
    expect(() => configure(configuration)).toThrow(message);
  }); // prettier-ignore

  it.each([undefined, null, 5, "shop", []])("refuses %j, which is no object", (configuration) => {
    expect(() => configure(configuration as never)).toThrow(
      /^Cannot use .+ as configure: give an object$/,
    );
  });

  it("changes nothing unless all of it is right", () => {
    const around = async (_: unknown, next: () => Promise<void>) => next();
    const state = () => [
      settings().adapter,
      settings().defaultQueue,
      settings().enqueueMiddleware,
      globalIdSettings.appName,
    ];
    const before = state();

    expect(() =>
      configure({
        adapter: new MemoryAdapter(),
        appName: "shop",
        defaultQueue: "app",
        middleware: { enqueue: [around], perform: [around] },
        reloading: 1,
      } as object),
    ).toThrow(ConfigurationError);

    expect(state()).toEqual(before);
  });
});
