import {
  Command,
  configure,
  DuplicateCommandNameError,
  Job,
  MandateJob,
  registerCommands,
} from "mandate";
import { useTestAdapter } from "mandate/testing";
import { afterEach, describe, expect, it } from "vitest";

/** The name that a job of this class has on the wire. */
const wireName = (command: typeof Command & { prepare(): { record: { args: unknown[] } } }) =>
  command.prepare().record.args[0];

describe("commandName", () => {
  it("is the class's name", () => {
    class ByClass extends Command {
      call() {}
    }

    expect([ByClass.commandName, wireName(ByClass)]).toEqual(["ByClass", "ByClass"]);
  });

  it("is a static field's, where there is one", () => {
    class ByField extends Command {
      static override commandName = "Naming::ByField";
      call() {}
    }

    expect([ByField.commandName, wireName(ByField)]).toEqual([
      "Naming::ByField",
      "Naming::ByField",
    ]);
  });

  it("is a static getter's, where there is one", () => {
    class ByGetter extends Command {
      static override get commandName() {
        return "Naming::ByGetter";
      }
      call() {}
    }

    expect(wireName(ByGetter)).toBe("Naming::ByGetter");
  });

  it("is what was assigned to it", () => {
    class ByAssignment extends Command {
      static {
        this.commandName = "Naming::ByAssignment";
      }
      call() {}
    }

    expect(wireName(ByAssignment)).toBe("Naming::ByAssignment");
    expect(Command.commandName).toBe("Command");
  });

  it("is not taken from a parent's field", () => {
    class ParentOfField extends Command {
      static override readonly commandName: string = "Naming::Parent";
      call() {}
    }
    class ChildOfField extends ParentOfField {}

    expect([wireName(ParentOfField), wireName(ChildOfField)]).toEqual([
      "Naming::Parent",
      "ChildOfField",
    ]);
  });

  it("is what a parent's getter makes of the class", () => {
    abstract class Billing extends Command {
      static override get commandName() {
        return `Billing::${this.name}`;
      }
    }
    class Charge extends Billing.initializeWith(() => ({})) {
      call() {}
    }
    class ChargeTwice extends Charge {}

    expect([wireName(Charge), wireName(ChargeTwice)]).toEqual([
      "Billing::Charge",
      "Billing::ChargeTwice",
    ]);
  });

  it("counts where it is declared after the first macro", () => {
    class MacroFirst extends Command {
      static {
        this.queueAs("some");
      }
      static override commandName = "Naming::MacroFirst";
      call() {}
    }

    registerCommands();

    expect(wireName(MacroFirst)).toBe("Naming::MacroFirst");
  });
});

describe("two classes of one name", () => {
  afterEach(() => configure({ reloading: false }));

  it("are refused when the second registers", () => {
    registerCommands(commandNamed("Twice"));

    expect(() => registerCommands(commandNamed("Twice"))).toThrow(DuplicateCommandNameError);
  });

  it("may both be deferred, which needs no more than a name", async () => {
    useTestAdapter();
    const [first, second] = [commandNamed("TwiceDeferred"), commandNamed("TwiceDeferred")];

    await first.defer();
    await second.defer();

    expect(wireName(second)).toBe("TwiceDeferred");
    expect(() => registerCommands(commandNamed("UnlikeTheTwoDeferred"))).not.toThrow();
  });

  it("are refused where a worker would have to choose", async () => {
    const [first, second] = [commandNamed("TwiceRun"), commandNamed("TwiceRun")];
    first.prepare();
    second.prepare();

    await expect(MandateJob.performNow("TwiceRun")).rejects.toThrow(
      new DuplicateCommandNameError("TwiceRun"),
    );
    expect(() => registerCommands(second)).toThrow(DuplicateCommandNameError);
  });

  it("are refused when both are known from macros", () => {
    class ByMacro extends Command {
      static override commandName = "TwiceByMacro";
      static {
        this.queueAs("some");
      }
      call() {}
    }
    const Other = class extends ByMacro {
      static override commandName = "TwiceByMacro";
      static {
        this.queueAs("other");
      }
    };

    expect(() => registerCommands(commandNamed("UnlikeTheTwo"))).toThrow(DuplicateCommandNameError);
    configure({ reloading: true });
    registerCommands(Other);
  });

  it("replace one another while reloading", () => {
    registerCommands(commandNamed("Reloaded"));
    configure({ reloading: true });

    const second = commandNamed("Reloaded");
    registerCommands(second);

    configure({ reloading: false });
    expect(() => registerCommands(second)).not.toThrow();
    expect(() => registerCommands(commandNamed("Reloaded"))).toThrow(DuplicateCommandNameError);
  });

  it("are no two where it is the same class", () => {
    const command = commandNamed("Again");

    registerCommands(command, command);
    registerCommands(command);

    expect(wireName(command)).toBe("Again");
  });

  it("are no two where one is a job", () => {
    class SameName extends Command {
      call() {}
    }
    const job = { SameName: class SameName extends Job { perform() {} } }; // prettier-ignore

    expect(() => registerCommands(SameName, job.SameName)).not.toThrow();
  });
});

describe("registerCommands", () => {
  it("takes modules, all of whose commands and jobs it registers, and nothing else", () => {
    abstract class ApplicationCommand extends Command {}
    const Module = {
      ApplicationCommand,
      Command: commandNamed("OfModule"),
      constant: 1,
      nothing: undefined,
      helper: () => 1,
      Model: class Model {},
    };

    registerCommands(Module);

    expect(() => registerCommands(commandNamed("OfModule"))).toThrow(DuplicateCommandNameError);
    expect(() => registerCommands(commandNamed("ApplicationCommand"))).not.toThrow();
    expect(() => registerCommands(commandNamed("Model"))).not.toThrow();
  });

  it.each<[string, object]>([
    ["Model", class Model {}],
    ["a function", () => 1],
    ["Abstract", (() => { abstract class Abstract extends Command {} return Abstract; })()], // prettier-ignore
  ])("refuses %s, which is no command or job", (shown, given) => {
    expect(() => registerCommands(given)).toThrow(
      new TypeError(
        `Cannot register ${shown}: it is no command or job. ` +
          "Give a class that extends Command and has call(), or extends Job and has perform()",
      ),
    );
  });

  it("refuses a class without a name", () => {
    expect(() => registerCommands(commandNamed(""))).toThrow(
      new TypeError("Cannot register a class without a name: give it one, or a static commandName"),
    );
  });
});

function commandNamed(name: string) {
  return class extends Command {
    static override commandName = name;
    call() {}
  };
}
