import {
  ArgumentCountError,
  Command,
  configure,
  deferAll,
  InvalidDurationError,
  silentLogger,
  UnknownOptionError,
} from "mandate";
import { beforeEach, describe, expect, it } from "vitest";

interface Options {
  readonly queue?: string;
  readonly colour?: string;
}

class Greet extends Command.initializeWith((name: string, title?: string) => ({ name, title })) {
  call() {}
}
class Paint extends Command.initializeWith((thing: string, options: Options = {}) => ({
  thing,
  options,
})) {
  call() {}
}
class Sum extends Command.initializeWith((...numbers: unknown[]) => ({ numbers })) {
  call() {}
}
class Nothing extends Command {
  call() {}
}

const warnings: string[] = [];

beforeEach(() => {
  warnings.length = 0;
  configure({ logger: { ...silentLogger, warn: (_, message) => warnings.push(message) } });
});

describe("options", () => {
  it("are what stands past the declared parameters", () => {
    const job = Greet.prepare("Ada", "Lady", { queue: "bulk", priority: 5 });

    expect(job.arguments).toEqual(["Ada", "Lady"]);
    expect(job.record).toMatchObject({
      args: ["Greet", "Ada", "Lady"],
      queue: "bulk",
      priority: 5,
    });
  });

  it("follow optional arguments that are written out", () => {
    const job = Greet.prepare("Ada", undefined, { queue: "bulk" });

    expect([job.arguments, job.queueName]).toEqual([["Ada", undefined], "bulk"]);
  });

  it("follow defaulted and destructured ones alike", () => {
    class Search extends Command.initializeWith(
      (text = ") => {", { page = 1 } = {}, [first] = [(a: number, b: number) => a + b]) => ({
        text,
        page,
        first,
      }),
    ) {
      call() {}
    }

    const job = Search.prepare("ducks", {}, undefined, { queue: "bulk" });

    expect([job.arguments, job.queueName]).toEqual([["ducks", {}, undefined], "bulk"]);
  });

  it("are all there is for a command without arguments", async () => {
    expect(Nothing.prepare({ queue: "bulk" }).queueName).toBe("bulk");
    expect((await Nothing.defer({ queue: "bulk" })).queueName).toBe("bulk");
    expect((await Nothing.defer()).queueName).toBe("default");
  });

  it("are no options where the parameter is declared", () => {
    const job = Paint.prepare("door", { colour: "red" });

    expect(job.arguments).toEqual(["door", { colour: "red" }]);
    expect(job.queueName).toBe("default");
    expect(warnings).toEqual([]);
  });

  it("follow an optional object", () => {
    const job = Paint.prepare("door", { colour: "red" }, { queue: "bulk" });

    expect([job.arguments, job.queueName]).toEqual([["door", { colour: "red" }], "bulk"]);
  });

  it("may be empty, or without a prototype", () => {
    const bare = Object.assign(Object.create(null) as object, { queue: "bulk" });

    expect(Nothing.prepare({}).queueName).toBe("default");
    expect(Nothing.prepare(bare).queueName).toBe("bulk");
  });

  it("say when", () => {
    const at = new Date(Date.now() + 60_000);

    expect(Nothing.prepare({ waitUntil: at }).scheduledAt).toEqual(at);
    expect(Nothing.prepare({ wait: "5 minutes" }).scheduledAt).toBeInstanceOf(Date);
    expect(Nothing.prepare({ wait: 0 }).scheduledAt).toBeUndefined();
    expect(Nothing.prepare({ wait: undefined }).scheduledAt).toBeUndefined();
  });
});

describe("a defer", () => {
  it.each<[string, unknown]>([
    ["a number", 60],
    ["a string", "bulk"],
    ["null", null],
    ["undefined", undefined],
    ["an array", []],
    ["a date", new Date()],
    ["a function", () => {}],
    ["an instance", new (class Settings {})()],
  ])("refuses %s where options stand", async (_, given) => {
    const message =
      "Cannot use 3 arguments for Greet: " +
      "it declares 2, and what stands after them is no plain object of options";

    expect(() => (Greet as any).prepare("Ada", "Lady", given)).toThrow(ArgumentCountError);
    await expect((Greet as any).defer("Ada", "Lady", given)).rejects.toThrow(message);
  });

  it("refuses an unknown option, and names it", async () => {
    const error = await (Greet as any).defer("Ada", "Lady", { weit: 60 }).catch((e: unknown) => e);

    expect(error).toBeInstanceOf(UnknownOptionError);
    expect(error).toMatchObject({ code: "MANDATE_UNKNOWN_OPTION", option: "weit" });
    expect(error.message).toBe(
      'Cannot use option "weit" in the options of Greet: there is no such option. Did you mean "wait"? ' +
        "There are: wait, waitUntil, queue, priority, prereqJobs, prereqFailure, jid, profile, unique, uniqueKey, tags, expiresIn, fairKey",
    );
  });

  it("refuses an argument in the place of options, and more after them", () => {
    expect(() => (Greet as any).prepare("Ada", "Lady", { name: "Ada" })).toThrow(
      UnknownOptionError,
    );
    expect(() => (Greet as any).prepare("Ada", "Lady", { wait: 1 }, 1)).toThrow(
      "Cannot use 4 arguments for Greet: it declares 2, and after them only options may stand",
    );
  });

  it("refuses to go without an argument that is taken apart", async () => {
    class Search extends Command.initializeWith(({ text }: { text: string }) => ({ text })) {
      call() {}
    }
    const message =
      "Cannot use 0 arguments for Search: " +
      "its initializeWith takes argument 1 apart, which needs at least 1";

    await expect((Search as any).defer()).rejects.toThrow(message);
    await expect((Search as any).set({}).defer()).rejects.toThrow(message);
  });

  it.each<[object, abstract new (...args: never) => Error, string]>([
    [{ wait: "5 minuets" }, InvalidDurationError, '"minuets" is not a unit of time'],
    [{ wait: -1 }, InvalidDurationError, "it is negative"],
    [{ waitUntil: 5 }, RangeError, "Cannot use 5 as waitUntil of Nothing: give a valid Date"],
    [{ waitUntil: new Date(NaN) }, RangeError, "Cannot use an invalid Date as waitUntil"],
    [{ wait: 1, waitUntil: new Date() }, TypeError, "with both wait and waitUntil"],
    [{ queue: "two words" }, TypeError, 'Cannot use "two words" as a queue'],
    [{ queue: 1 }, TypeError, "Cannot use 1 as a queue"],
    [{ priority: 1.5 }, RangeError, "Cannot use 1.5 as priority of Nothing: give an integer"],
    [{ prereqJobs: "abc" }, TypeError, 'Cannot use "abc" as prereqJobs'],
    [{ prereqJobs: [undefined] }, TypeError, "Cannot use undefined as a job"],
    [{ prereqFailure: "drop" }, TypeError, 'Cannot use "drop" as prereqFailure'],
    [{ jid: "" }, TypeError, 'Cannot use "" as a jid'],
    [{ tags: "a" }, TypeError, 'Cannot use "a" as tags'],
  ])("refuses %o, and set does too", async (options, errorClass, message) => {
    await expect((Nothing as any).defer(options)).rejects.toThrow(errorClass);
    await expect((Nothing as any).defer(options)).rejects.toThrow(message);
    expect(() => (Nothing as any).set(options)).toThrow(message);
  });
});

describe("set", () => {
  it("leaves all arguments to the command", async () => {
    const job = await Paint.set({ priority: 5 }).defer("door", { queue: "bulk" });

    expect(job.arguments).toEqual(["door", { queue: "bulk" }]);
    expect([job.queueName, job.priority]).toEqual(["default", 5]);
    expect(warnings).toEqual([]);
  });

  it("takes optional arguments, given or not", () => {
    const later = Greet.set({ queue: "bulk" });

    expect(later.prepare("Ada").arguments).toEqual(["Ada"]);
    expect(later.prepare("Ada", "Lady").arguments).toEqual(["Ada", "Lady"]);
  });

  it("is the way to give options to a command with a rest parameter", () => {
    const job = Sum.set({ queue: "bulk" }).prepare(1, 2, 3);

    expect([job.arguments, job.queueName]).toEqual([[1, 2, 3], "bulk"]);
  });

  it("refuses options behind the arguments", async () => {
    await expect((Greet as any).set({}).defer("Ada", "Lady", { wait: 1 })).rejects.toThrow(
      "Cannot use 3 arguments for Greet: its initializeWith declares up to 2",
    );
    await expect((Nothing as any).set({}).defer({ wait: 1 })).rejects.toThrow(
      "Cannot use 1 argument for Nothing: it declares none. Declare them by initializeWith",
    );
  });

  it("refuses an unknown option at once", () => {
    expect(() => Greet.set({ weit: 1 } as object)).toThrow(UnknownOptionError);
  });

  it.each<[string, unknown]>([
    ["undefined", undefined],
    ["null", null],
    ["5", 5],
    ['"bulk"', "bulk"],
    ["an array", []],
  ])("refuses %s", (shown, options) => {
    expect(() => Greet.set(options as never)).toThrow(
      new TypeError(`Cannot use ${shown} as the options of Greet: give an object`),
    );
  });

  it("may be used again", async () => {
    const later = Greet.set({ queue: "bulk" });

    const [first, second] = [await later.defer("Ada"), await later.defer("Bob")];

    expect(first.id).not.toBe(second.id);
    expect([first.arguments, second.arguments]).toEqual([["Ada"], ["Bob"]]);
  });
});

describe("an argument that looks like options", () => {
  const message = (name: string) =>
    `The last argument of ${name} has nothing but names of options, and is taken as the argument ` +
    `it declares. If it was meant as options, write ${name}.set(options).defer(…)`;

  it("is the argument where that is declared, and a warning says so once", () => {
    class Lacquer extends Paint {}

    const jobs = [
      Lacquer.prepare("door", { queue: "bulk" }),
      Lacquer.prepare("bed", { queue: "b" }),
    ];

    expect(jobs.map((job) => job.arguments[1])).toEqual([{ queue: "bulk" }, { queue: "b" }]);
    expect(jobs[0]?.queueName).toBe("default");
    expect(warnings).toEqual([message("Lacquer")]);
  });

  it("is the argument of a rest parameter, and a warning says so", () => {
    const job = Sum.prepare(1, { wait: 60 });

    expect([job.arguments, job.scheduledAt]).toEqual([[1, { wait: 60 }], undefined]);
    expect(warnings).toEqual([message("Sum")]);
  });

  it("is the argument of a bound function, whose parameters cannot be counted", () => {
    const initialize = ((name: string) => ({ name })).bind(undefined);
    class Bound extends Command.initializeWith(initialize) {
      call() {}
    }

    const job = Bound.prepare("Ada", { queue: "bulk" });

    expect([job.arguments, job.queueName]).toEqual([["Ada", { queue: "bulk" }], "default"]);
    expect(warnings).toEqual([message("Bound")]);
    expect(Bound.set({ queue: "bulk" }).prepare("Ada").queueName).toBe("bulk");
  });

  it("gives no warning where it cannot be left out, or has other names, or none", () => {
    class Enqueue extends Command.initializeWith(({ queue }: { queue: string }) => ({ queue })) {
      call() {}
    }

    Enqueue.prepare({ queue: "bulk" });
    Paint.prepare("door", {});
    Paint.prepare("door", { queue: "bulk", colour: "red" });

    expect(warnings).toEqual([]);
  });
});

describe("prepare and deferAll", () => {
  it("enqueue many at once", async () => {
    const prepared = ["Ada", "Bob"].map((name) => Greet.prepare(name));

    const jobs = await deferAll([...prepared, Nothing.set({ queue: "bulk" }).prepare()]);

    expect(await Promise.all(jobs.map((job) => job.status()))).toEqual([
      "enqueued",
      "enqueued",
      "enqueued",
    ]);
  });

  it.each<[string, unknown, string]>([
    ["a promise", [Promise.resolve()], "a promise as a job: make each by prepare()"],
    ["a class", [Greet], "a function as a job: make each by prepare()"],
    ["one job alone", Greet.prepare("Ada"), "an object: give an array of what prepare() returned"],
  ])("refuse %s", async (_case, jobs, reason) => {
    await expect(deferAll(jobs as never)).rejects.toThrow(`Cannot enqueue ${reason}`);
  });

  it("refuse a class that has no call()", async () => {
    const NoCall = class NoCall extends (Command as never as new () => object) {};

    await expect((NoCall as never as typeof Nothing).defer()).rejects.toThrow(
      /^Cannot register NoCall: it is no command or job\. Give a class that extends Command and has call/,
    );
  });

  it("enqueue nothing before that", async () => {
    await expect(Greet.prepare("Ada").status()).rejects.toThrow(/it was not enqueued/);
  });
});

describe("an error about an argument", () => {
  it("names the parameter", async () => {
    const deferred = (Greet as any).defer("Ada", () => {});

    await expect(deferred).rejects.toThrow(/argument 2 \(title\) of Greet/);
  });
});
