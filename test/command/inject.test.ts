import { EventEmitter, once } from "node:events";
import { Command, configure, MemoryAdapter } from "mandate";
import { Worker } from "mandate/worker";
import { container, Lifecycle, type DependencyContainer } from "tsyringe";
import { beforeEach, describe, expect, it } from "vitest";
import { recordingLogger } from "./recording-logger.ts";

/** What was done, in order. */
const log: string[] = [];
let made = 0;

class Connection {
  readonly number = (made += 1);

  dispose() {
    log.push(`dispose ${this.number}`);
  }
}

let scopes = 0;
let parent: DependencyContainer;
const { logger, lines } = recordingLogger();

beforeEach(() => {
  log.length = 0;
  [made, scopes] = [0, 0];
  parent = container.createChildContainer();
  parent.register(Connection, { useClass: Connection }, { lifecycle: Lifecycle.ContainerScoped });
  const createChildContainer = parent.createChildContainer.bind(parent);
  parent.createChildContainer = () => {
    scopes += 1;
    return createChildContainer();
  };
  configure({ container: parent, adapter: new MemoryAdapter(), logger });
});

/** Uses two collaborators that are one. */
class Query extends Command.initializeWith((name: string) => ({ name })) {
  private readonly first = this.inject(Connection);
  private readonly second = this.inject(Connection);

  call() {
    log.push(`${this.name} ${this.first.number} ${this.second.number}`);
    return this.first.number;
  }
}

/** Calls two more while its own connection is open. */
class Report extends Command.initializeWith((name: string) => ({ name })) {
  private readonly connection = this.inject(Connection);

  async call() {
    Query.call(`${this.name} a`);
    await Promise.resolve();
    Query.call(`${this.name} b`);
    return this.connection.number;
  }
}

/** Injects nothing itself. */
class Plain extends Command {
  async call() {
    Query.call("a");
    await Promise.resolve();
    Query.call("b");
  }
}

describe("inject, inline", () => {
  it("resolves one collaborator per call where it is scoped to the container", () => {
    Query.call("a");
    Query.call("b");

    expect(log).toEqual(["a 1 1", "dispose 1", "b 2 2", "dispose 2"]);
  });

  it("shares the outermost call's scope with all that it calls", async () => {
    expect(await Report.call("x")).toBe(1);

    expect(log).toEqual(["x a 1 1", "x b 1 1", "dispose 1"]);
    expect(scopes).toBe(1);
  });

  it("keeps concurrent calls apart", async () => {
    const numbers = await Promise.all([Report.call("x"), Report.call("y"), Report.call("z")]);

    expect(numbers).toEqual([1, 2, 3]);
    expect(log.filter((line) => !line.startsWith("dispose"))).toEqual([
      "x a 1 1",
      "y a 2 2",
      "z a 3 3",
      "x b 1 1",
      "y b 2 2",
      "z b 3 3",
    ]);
  });

  it("makes no scope until something is injected", async () => {
    class Nothing extends Command {
      call() {}
    }
    Nothing.call();

    expect(scopes).toBe(0);
  });

  it("gives the calls of a command that injects nothing a scope each", async () => {
    await Plain.call();

    expect(log).toEqual(["a 1 1", "dispose 1", "b 2 2", "dispose 2"]);
  });

  it("makes a new collaborator each time where nothing says otherwise", () => {
    class Transient {}
    class Two extends Command {
      private readonly pair = [this.inject(Transient), this.inject(Transient)];
      call() {
        return new Set(this.pair).size;
      }
    }

    expect(Two.call()).toBe(2);
  });

  it("shares what the application's container holds", () => {
    const now = () => 1;
    const clock = Symbol("clock");
    parent.register("url", { useValue: "https://example.org" });
    parent.register(clock, { useFactory: () => now });
    class Look extends Command {
      readonly url = this.inject<string>("url");
      readonly clock = this.inject<() => number>(clock);
      call() {
        return [this.url, this.clock];
      }
    }

    expect(Look.call()).toEqual(["https://example.org", now]);
  });

  it("works in a method too", async () => {
    class Late extends Command {
      async call() {
        await Promise.resolve();
        return [this.inject(Connection).number, this.inject(Connection).number];
      }
    }

    expect(await Late.call()).toEqual([1, 1]);
  });

  it("throws what the container throws", () => {
    class Broken extends Command {
      readonly missing = this.inject<string>("missing");
      call() {}
    }

    expect(() => Broken.call()).toThrow('unregistered dependency token: "missing"');
  });
});

describe("the scope of an inline call", () => {
  it("is disposed of when the call throws", () => {
    class Throw extends Command {
      readonly connection = this.inject(Connection);
      call() {
        throw new Error("no");
      }
    }

    expect(() => Throw.call()).toThrow("no");
    expect(log).toEqual(["dispose 1"]);
  });

  it("is disposed of when its promise rejects, which still rejects", async () => {
    const error = new Error("no");
    class Reject extends Command {
      readonly connection = this.inject(Connection);
      async call() {
        await Promise.resolve();
        log.push(`use ${this.connection.number}`);
        throw error;
      }
    }

    await expect(Reject.call()).rejects.toBe(error);
    expect(log).toEqual(["use 1", "dispose 1"]);
  });

  it("is not that of work which goes on when the call has ended", async () => {
    const gate = new EventEmitter();
    const opened = once(gate, "open");
    class Begin extends Command {
      readonly connection = this.inject(Connection);
      call() {
        return [opened.then(() => Query.call("later"))];
      }
    }
    const [rest] = Begin.call();

    gate.emit("open");
    await rest;

    expect(log).toEqual(["dispose 1", "later 2 2", "dispose 2"]);
  });

  it("is waited for where the call is asynchronous", async () => {
    class Slow {
      async dispose() {
        await Promise.resolve();
        log.push("disposed slowly");
      }
    }
    class Use extends Command {
      readonly slow = this.inject(Slow);
      async call() {
        return "used";
      }
    }

    log.push(await Use.call());

    expect(log).toEqual(["disposed slowly", "used"]);
  });

  it("does not fail the call where it cannot be disposed of", async () => {
    class Stuck {
      async dispose() {
        throw new Error("stuck");
      }
    }
    class Use extends Command {
      readonly stuck = this.inject(Stuck);
      async call() {
        return 1;
      }
    }

    expect(await Use.call()).toBe(1);
    expect(lines("error")).toEqual(["Could not dispose of what a command injected"]);
  });
});

describe("inject, in jobs", () => {
  const work = () => new Worker({ concurrency: 3 }).drain();

  it("shares the job's scope with every command that runs in it", async () => {
    await Plain.defer();

    await work();

    expect(log).toEqual(["a 1 1", "b 1 1", "dispose 1"]);
  });

  it("keeps jobs apart that run at the same time", async () => {
    const gate = new EventEmitter();
    const opened = once(gate, "open");
    class Meet extends Command.initializeWith((name: string) => ({ name })) {
      private readonly connection = this.inject(Connection);
      async call() {
        log.push(`${this.name} ${this.connection.number}`);
        if (log.length === 2) gate.emit("open");
        await opened;
        Query.call(`${this.name} inner`);
      }
    }
    await Meet.defer("x");
    await Meet.defer("y");

    await work();

    expect(log.slice(0, 2)).toEqual(["x 1", "y 2"]);
    expect(log.slice(2).toSorted()).toEqual([
      "dispose 1",
      "dispose 2",
      "x inner 1 1",
      "y inner 2 2",
    ]);
  });

  it("does not share it with work which goes on when the job has ended", async () => {
    const gate = new EventEmitter();
    const opened = once(gate, "open");
    let rest: Promise<unknown> | undefined;
    class BeginLater extends Command {
      readonly connection = this.inject(Connection);
      call() {
        rest = opened.then(() => Query.call("later"));
      }
    }
    await BeginLater.defer();
    await work();

    gate.emit("open");
    await rest;

    expect(log).toEqual(["dispose 1", "later 2 2", "dispose 2"]);
  });

  it("makes no scope for a job that injects nothing", async () => {
    class NothingLater extends Command {
      call() {}
    }
    await NothingLater.defer();

    await work();

    expect(scopes).toBe(0);
  });
});
