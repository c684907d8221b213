import {
  Command,
  DuplicateCommandNameError,
  Job,
  MandateJob,
  registerCommands,
  UnknownCommandError,
} from "mandate";
import { afterEach, describe, expect, it } from "vitest";
import {
  isCommand,
  register,
  runnableNamed,
  wireName,
  type RunnableClass,
} from "../../../src/job/declare/registry.ts";
import { settings } from "../../../src/job/settings/settings.ts";

afterEach(() => {
  settings().reloading = false;
});

let count = 0;

/** Each test has names of its own: the registry is one for all. */
function fresh(name: string): string {
  count += 1;
  return `${name}${count}`;
}

function command(name: string): RunnableClass & typeof Command & (new () => Command) {
  return class extends Command {
    static override readonly commandName = name;

    call(): string {
      return name;
    }
  };
}

function job(name: string): RunnableClass {
  return class extends Job {
    static override readonly jobName = name;

    perform(): void {}
  };
}

describe("a registry without classes", () => {
  it("says so, and takes nothing", () => {
    registerCommands({ helper: () => {} });

    expect(() => runnableNamed("Greet", "command", "4f1d")).toThrow(
      new UnknownCommandError("Greet", "command", "4f1d"),
    );
    expect(new UnknownCommandError("Greet", "command", "4f1d").message).toBe(
      'Cannot run job 4f1d: no command is registered as "Greet". ' +
        "Pass its class to registerCommands, or its folder to loadCommands; " +
        'or, where others run it, start this worker with onUnknownJob: "leave". Registered here: none',
    );
  });
});

describe("registerCommands", () => {
  it("takes classes, and modules with classes among other things", () => {
    const [one, two, three] = [fresh("One"), fresh("Two"), fresh("Three")];
    const [first, second, third] = [command(one), job(two), command(three)];

    registerCommands(first, { second, third, limit: 3, helper: () => {}, Abstract: Command });

    expect(runnableNamed(one, "command")).toBe(first);
    expect(runnableNamed(two, "job")).toBe(second);
    expect(runnableNamed(three, "command")).toBe(third);
  });

  it("takes the same class twice", () => {
    const name = fresh("Twice");
    const twice = command(name);

    registerCommands(twice, twice, { twice });

    expect(runnableNamed(name, "command")).toBe(twice);
  });

  it("refuses what is no command or job", () => {
    class Service {}

    expect(() => registerCommands(Service)).toThrow(
      new TypeError(
        "Cannot register Service: it is no command or job. " +
          "Give a class that extends Command and has call(), or extends Job and has perform()",
      ),
    );
    expect(() => registerCommands(() => {})).toThrow(/^Cannot register a function: /);
    expect(() => registerCommands(Job)).toThrow(/^Cannot register Job: /);
  });

  it.each([
    ["a name", "SendWelcomeEmail", '"SendWelcomeEmail"'],
    ["what an import did not find", undefined, "undefined"],
    ["null", null, "null"],
  ])("refuses %s", (_what, given, shown) => {
    expect(() => registerCommands(given as never)).toThrow(
      new TypeError(`Cannot register ${shown}: give a class, or a module that exports some`),
    );
  });

  it("refuses a second class of a name, of either way to know of it", () => {
    const [name, noted] = [fresh("Doubled"), fresh("Noted")];
    registerCommands(command(name));

    expect(() => registerCommands(command(name))).toThrow(new DuplicateCommandNameError(name));
    command(noted).retry(1);
    command(noted).retry(1);
    expect(() => registerCommands()).toThrow(new DuplicateCommandNameError(noted));
    expect(() => runnableNamed(noted, "command")).toThrow(DuplicateCommandNameError);

    settings().reloading = true;
    registerCommands(command(noted));
  });

  it("replaces a class of the same name while reloading", async () => {
    settings().reloading = true;
    const name = fresh("Reloaded");
    const [old, young] = [command(name), command(name)];

    registerCommands(old);
    registerCommands(young);
    expect(runnableNamed(name, "command")).toBe(young);

    young.retry(2);
    old.retry(1);
    expect(runnableNamed(name, "command")).toBe(old);
  });

  it("knows a command and a job of one name apart", () => {
    const name = fresh("Shared");
    const [one, other] = [command(name), job(name)];

    registerCommands(one, other);

    expect(runnableNamed(name, "command")).toBe(one);
    expect(runnableNamed(name, "job")).toBe(other);
  });

  it("refuses a class without a name", () => {
    const nameless = [
      class extends Command {
        call() {}
      },
    ][0]!;

    expect(() => registerCommands(nameless)).toThrow(
      new TypeError("Cannot register a class without a name: give it one, or a static commandName"),
    );
  });
});

describe("register", () => {
  it("makes a class known, and returns its name", () => {
    const name = fresh("Known");
    const known = command(name);

    expect(register(known)).toBe(name);
    expect(register(known)).toBe(name);
    expect(runnableNamed(name, "command")).toBe(known);
  });

  it("refuses a name that another class has", () => {
    const name = fresh("Taken");
    register(command(name));

    expect(() => register(command(name))).toThrow(new DuplicateCommandNameError(name));
    expect(new DuplicateCommandNameError(name)).toMatchObject({
      name: "DuplicateCommandNameError",
      code: "MANDATE_DUPLICATE_COMMAND_NAME",
      commandName: name,
      message:
        `Cannot register two different classes as "${name}": a job of that name could run either. ` +
        "Give one of them another name (static commandName), " +
        "or call configure({ reloading: true }) where classes are loaded anew",
    });
  });

  it("gives a name back to the class that is deferred last, while reloading", () => {
    settings().reloading = true;
    const name = fresh("Swapped");
    const [old, young] = [command(name), command(name)];

    [old, young, old].forEach(register);

    expect(runnableNamed(name, "command")).toBe(old);
  });
});

describe("runnableNamed", () => {
  it("knows a class from its first macro on, by the name that came to it later", () => {
    const name = fresh("Macro");
    class Early extends Command {
      static {
        this.queueAs("low");
      }

      static override commandName = name;

      call(): void {}
    }

    expect(runnableNamed(name, "command")).toBe(Early);
  });

  it("does not take an abstract class for one that runs", () => {
    abstract class Application extends Job {
      static {
        this.queueAs("low");
      }
    }

    expect(Application.name).toBe("Application");
    expect(() => runnableNamed("Application", "job")).toThrow(UnknownCommandError);
  });

  it("says what is registered where a name is not", () => {
    const name = fresh("Present");
    registerCommands(command(name));

    const error = thrownBy(() => runnableNamed("Absent", "command", "4f1d"));

    expect(error).toMatchObject({
      name: "UnknownCommandError",
      code: "MANDATE_UNKNOWN_COMMAND",
      commandName: "Absent",
    });
    expect(String(error)).toMatch(
      /^UnknownCommandError: Cannot run job 4f1d: no command is registered as "Absent"\. Pass its class to registerCommands, or its folder to loadCommands; or, where others run it, start this worker with onUnknownJob: "leave"\. Registered here: .+/,
    );
    expect(String(thrownBy(() => runnableNamed("Absent", "job")))).toMatch(
      /^UnknownCommandError: Cannot run "Absent": no job is registered as "Absent"\. /,
    );
  });

  it("lists twenty of them at most", () => {
    registerCommands(...Array.from({ length: 25 }, () => command(fresh("Many"))));

    expect(String(thrownBy(() => runnableNamed("Absent", "command")))).toMatch(
      / Registered here: ([^,]+, ){19}[^,]+ and \d+ more$/,
    );
  });

  it.each(["__proto__", "constructor", "toString", ""])("knows no class named %j", (name) => {
    expect(() => runnableNamed(name, "command")).toThrow(UnknownCommandError);
    expect(() => runnableNamed(name, "job")).toThrow(UnknownCommandError);
  });
});

describe("wireName", () => {
  it("is the class's, or the one it gives itself", () => {
    class Ordinary extends Command {
      call(): void {}
    }
    class Ruby extends Job {
      static override jobName = "Exercise::Process";

      perform(): void {}
    }

    expect(wireName(Ordinary)).toBe("Ordinary");
    expect(wireName(Ruby)).toBe("Exercise::Process");
    expect(wireName(MandateJob)).toBe("MandateJob");
  });

  it("leaves a parent's constant to the parent, and asks an inherited getter", () => {
    class Parent extends Command {
      static override commandName = "Constant";

      call(): void {}
    }
    class Child extends Parent {}
    abstract class Prefixed extends Command {
      static override get commandName(): string {
        return `App::${this.name}`;
      }

      static override set commandName(_name: string) {}
    }
    class Grandchild extends Prefixed {
      call(): void {}
    }

    expect(wireName(Child)).toBe("Child");
    expect(wireName(Grandchild)).toBe("App::Grandchild");
  });
});

describe("isCommand", () => {
  it("goes by the base class, whatever methods there are", () => {
    class Phone extends Job {
      perform(): void {
        this.call();
      }

      call(): void {}
    }
    class Concert extends Command {
      call(): void {
        this.perform();
      }

      perform(): void {}
    }

    expect(isCommand(Phone)).toBe(false);
    expect(isCommand(Concert)).toBe(true);
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
