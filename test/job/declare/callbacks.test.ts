import { abort, Command, deferAll, Job, performAllLater, type JobHandle } from "mandate";
import { container, Lifecycle } from "tsyringe";
import { describe, expect, it, vi } from "vitest";
import { DEAD, Rig, RETRY, queue } from "../rig.ts";

const seen: unknown[] = [];

function rigged(): Rig {
  seen.length = 0;
  return new Rig();
}

/** Counts how many there are of it. */
class Import extends Command.initializeWith((file: string, made: string[] = []) => {
  seen.push(`made for ${file}`);
  return { file, made };
}) {
  rows = 0;

  open(): void {
    this.rows += 3;
  }

  call(): string {
    seen.push(`${this.file} with ${this.rows} rows`);
    return this.file;
  }
}

describe("a callback of a run", () => {
  it("is a method of the command that then runs, and finds what others left on it", async () => {
    const rig = rigged();
    class Named extends Import {
      static {
        this.beforePerform("open");
        this.afterPerform("close");
        this.aroundPerform("inTransaction");
      }

      close(job: JobHandle): void {
        seen.push(`close ${job.className}, ${this.rows} rows`);
      }

      async inTransaction(next: () => Promise<void>, job: JobHandle): Promise<void> {
        seen.push(`begin for ${job.id === this.job?.id ? "its job" : "another"}`);
        await next();
        seen.push("commit");
      }
    }
    await Named.defer("a.csv");

    await rig.work();

    expect(seen).toEqual([
      "made for a.csv",
      "begin for its job",
      "a.csv with 3 rows",
      "commit",
      "close Named, 3 rows",
    ]);
  });

  it("gets the command behind the job", async () => {
    const rig = rigged();
    class Given extends Import {
      static {
        this.beforePerform((job, command) => {
          command.rows = job.arguments.length;
        });
        this.aroundPerform(async (_job, next, command) => {
          command.rows += 1;
          await next();
        });
        this.afterPerform((_job, { rows }) => seen.push(rows));
      }
    }
    await Given.defer("a.csv");

    await rig.work();

    expect(seen).toEqual(["made for a.csv", "a.csv with 2 rows", 2]);
  });

  it("gets it whatever the function looks like", async () => {
    const rig = rigged();
    const spy = vi.fn<(job: JobHandle, command: object) => void>();
    class Given extends Import {
      static {
        this.beforePerform(spy);
        this.beforePerform((...given) => seen.push(given.length));
        this.beforePerform((_job, { file, rows } = null as never) => seen.push(file, rows));
      }
    }
    await Given.defer("a.csv");

    await rig.work();

    expect(spy).toHaveBeenCalledWith(expect.anything(), expect.any(Given));
    expect(seen).toEqual(["made for a.csv", 2, "a.csv", 0, "a.csv with 0 rows"]);
  });

  it("comes before the command is made, where it does not ask for it", async () => {
    const rig = rigged();
    class Plain extends Import {
      static {
        this.beforePerform(() => seen.push("before"));
        this.aroundPerform(async (_job, next) => {
          await next();
        });
        this.beforePerform((job) => {
          if (job.arguments[0] === "none") throw abort;
        });
      }
    }
    await Plain.defer("a.csv");
    await Plain.defer("none");

    await rig.work();

    expect(seen).toEqual(["before", "made for a.csv", "a.csv with 0 rows", "before"]);
  });

  it("may keep the job from running, by the name of a method too", async () => {
    const rig = rigged();
    class Halted extends Import {
      static {
        this.beforePerform("check");
      }

      check(): void {
        if (this.file === "none") throw abort;
      }
    }
    await Halted.defer("none");

    expect(await rig.work()).toEqual(["done"]);

    expect(seen).toEqual(["made for none"]);
  });

  it("is inherited, and looked for on the command that runs", async () => {
    const rig = rigged();
    abstract class Base extends Command {
      static {
        this.beforePerform("setUp");
      }

      abstract setUp(): void;
    }
    class Own extends Base.initializeWith((name: string) => ({ name })) {
      readonly tearDown = (): number => seen.push(`${this.name} down`);

      static {
        this.afterPerform("tearDown");
      }

      setUp(): void {
        seen.push(`${this.name} up`);
      }

      call(): void {}
    }
    await Own.defer("a");

    await rig.work();

    expect(seen).toEqual(["a up", "a down"]);
  });

  it("gets the Job that performs", async () => {
    const rig = rigged();
    class CleanUp extends Job {
      static {
        this.beforePerform("open");
        this.afterPerform((_job, { log }) => seen.push(log));
      }

      log = "";

      open(): void {
        this.log = "opened";
      }

      perform(folder: string): void {
        this.log += ` ${folder}`;
      }
    }
    await CleanUp.performLater("tmp");
    await rig.work();
    await CleanUp.performNow("var");

    expect(seen).toEqual(["opened tmp", "opened var"]);
  });

  it("fails the job with what the command's making throws", async () => {
    const rig = rigged();
    class Strict extends Command.initializeWith((count: number) => {
      if (count > 1) throw new RangeError("too many");
      return { count };
    }) {
      static {
        this.retry(0);
        this.beforePerform("check");
      }

      check(): void {}
      call(): void {}
    }
    await Strict.defer(2);

    await rig.work();

    expect(await rig.only(DEAD)).toMatchObject({ error_message: "too many" });
  });

  it.each([
    [
      "misspelt",
      "opne",
      'Cannot call "opne" in beforePerform of Misnamed: Misnamed has no such method. Did you mean "open"?',
    ],
    [
      "that nothing is like",
      "notifyEveryone",
      'Cannot call "notifyEveryone" in beforePerform of Misnamed: Misnamed has no such method. Name one that it has',
    ],
    [
      "of a property",
      "rows",
      'Cannot call "rows" in beforePerform of Misnamed: Misnamed has no such method. Name one that it has',
    ],
    [
      "of the work itself",
      "call",
      'Cannot call "call" in beforePerform of Misnamed: that is the work itself. Name another method',
    ],
  ])("is told which name is %s", async (_what, name, message) => {
    const rig = rigged();
    class Misnamed extends Import {
      static {
        this.beforePerform(name as never);
      }
    }
    await Misnamed.defer("a.csv");

    await rig.work();

    expect(await rig.only(RETRY)).toMatchObject({ error_message: message });
  });
});

describe("a callback of an enqueue", () => {
  it("gets the command that its arguments make, the same throughout", async () => {
    const rig = rigged();
    class Asking extends Import {
      static {
        this.beforeEnqueue("open");
        this.aroundEnqueue("watch");
        this.afterEnqueue((job, command) => seen.push(`${job.className} of ${command.rows}`));
      }

      async watch(next: () => Promise<void>): Promise<void> {
        await next();
        seen.push(`${await rig.waiting()} waiting`);
      }
    }

    await Asking.defer("a.csv");

    expect(seen).toEqual(["made for a.csv", "Asking of 3", "1 waiting"]);
  });

  it("makes none where nobody asks", async () => {
    const rig = rigged();
    class Silent extends Import {
      static {
        this.beforeEnqueue((job) => seen.push(job.className));
        this.aroundEnqueue((_job, next) => next());
      }
    }

    await Silent.defer("a.csv");

    expect(seen).toEqual(["Silent"]);
    expect(await rig.waiting()).toBe(1);
  });

  it("is told a misspelt name where the job is deferred", async () => {
    const rig = rigged();
    class Misnamed extends Import {
      static {
        this.beforeEnqueue("opn" as never);
      }
    }

    await expect(Misnamed.defer("a.csv")).rejects.toThrow(
      new TypeError(
        'Cannot call "opn" in beforeEnqueue of Misnamed: Misnamed has no such method. Did you mean "open"?',
      ),
    );
    expect(await rig.waiting()).toBe(0);
  });

  it("may refuse arguments as inline calls do", async () => {
    const rig = rigged();
    class Checked extends Command.initializeWith((count: number) => ({ count })) {
      static {
        this.beforeEnqueue("validate");
      }

      validate(): void {
        if (this.count < 0) throw new RangeError("below zero");
        if (this.count === 0) throw abort;
      }

      call(): void {}
    }

    await expect(Checked.defer(-1)).rejects.toThrow(new RangeError("below zero"));
    const jobs = await deferAll([Checked.prepare(0), Checked.prepare(1)]);

    expect(jobs.map((job) => job.arguments)).toEqual([[1]]);
    expect(await rig.waiting()).toBe(1);
  });

  it("disposes of what the command injected for it", async () => {
    const rig = rigged();
    class Connection {
      dispose(): void {
        seen.push("closed");
      }
    }
    container.register(
      Connection,
      { useClass: Connection },
      { lifecycle: Lifecycle.ContainerScoped },
    );
    class Injecting extends Command {
      static {
        this.afterEnqueue((_job, command) => seen.push(command.connection.constructor.name));
      }

      readonly connection = this.inject(Connection);

      call(): void {}
    }

    await Injecting.defer();

    expect(seen).toEqual(["Connection", "closed"]);
    expect(await rig.waiting()).toBe(1);
  });

  it("gets a Job as well", async () => {
    const rig = rigged();
    class CleanUp extends Job {
      static {
        this.beforeEnqueue("note");
      }

      note(job: JobHandle): void {
        seen.push(job.arguments);
      }

      perform(_folder: string): void {}
    }

    await performAllLater([CleanUp.prepare("a"), CleanUp.prepare("b")]);

    expect(seen).toEqual([["a"], ["b"]]);
    expect(await rig.records(queue())).toHaveLength(2);
  });
});

describe("what a rule calls", () => {
  class GoneError extends Error {}
  class BusyError extends Error {}
  abstract class Ruled extends Import {
    static {
      this.discardOn(GoneError, (job, _error, command) =>
        seen.push(`${job.className} discarded ${command?.file}`),
      );
      this.retryOn(BusyError, { attempts: 1 }, (_job, _error, command) =>
        seen.push(`gave up ${command?.file}`),
      );
      this.rescueFrom(RangeError, (_error, job, command) => {
        seen.push(`${job.className} rescued ${command?.file}`);
      });
    }

    override call(): string {
      if (this.file === "gone") throw new GoneError();
      throw this.file === "busy" ? new BusyError() : new RangeError();
    }
  }
  class Plain extends Ruled {}
  class Surrounded extends Ruled {
    static {
      this.beforePerform(() => {});
    }
  }

  it.each([
    ["Plain", Plain],
    ["Surrounded", Surrounded],
  ])("gets the command that ran: %s", async (name, command) => {
    const rig = rigged();
    for (const file of ["gone", "busy", "other"]) await command.defer(file);

    await rig.work();

    expect(seen.filter((text) => !String(text).startsWith("made"))).toEqual([
      `${name} discarded gone`,
      "gave up busy",
      `${name} rescued other`,
    ]);
  });

  it("gets it by performNow, too", async () => {
    rigged();
    for (const file of ["gone", "busy", "other"]) await Plain.set({}).performNow(file);

    expect(seen.filter((text) => !String(text).startsWith("made"))).toEqual([
      "Plain discarded gone",
      "gave up busy",
      "Plain rescued other",
    ]);
  });

  it("gets none where none could be made", async () => {
    const rig = rigged();
    class Strict extends Command.initializeWith((count: number) => {
      if (count > 1) throw new RangeError("too many");
      return { count };
    }) {
      static {
        this.discardOn(RangeError, (_job, _error, command) => seen.push(command));
      }

      call(): void {}
    }
    await Strict.defer(2);

    await rig.work();

    expect(seen).toEqual([undefined]);
  });
});
