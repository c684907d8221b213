import { ArgumentCountError, CallbacksCommand, Command } from "mandate";
import { describe, expect, it } from "vitest";

describe("initializeWith", () => {
  it("makes properties of positional arguments", () => {
    class Add extends Command.initializeWith((a: number, b: number) => ({ a, b })) {
      call() {
        return this.a + this.b;
      }
    }

    expect(Add.call(1, 2)).toBe(3);
  });

  it("takes optional arguments, given or not", () => {
    class Greet extends Command.initializeWith((name: string, title?: string) => ({
      name,
      title,
    })) {
      call() {
        return [this.title, this.name];
      }
    }

    expect(Greet.call("Ada")).toEqual([undefined, "Ada"]);
    expect(Greet.call("Ada", undefined)).toEqual([undefined, "Ada"]);
    expect(Greet.call("Ada", "Lady")).toEqual(["Lady", "Ada"]);
  });

  it("takes defaulted arguments, given or not", () => {
    class Greet extends Command.initializeWith(
      (name: string, greeting = "Hello", end = greeting.length) => ({
        name,
        greeting,
        end,
      }),
    ) {
      call() {
        return [this.greeting, this.name, this.end];
      }
    }

    expect(Greet.call("Ada")).toEqual(["Hello", "Ada", 5]);
    expect(Greet.call("Ada", "Hi")).toEqual(["Hi", "Ada", 2]);
    expect(Greet.call("Ada", undefined, 9)).toEqual(["Hello", "Ada", 9]);
  });

  it("takes keyword style: a trailing object with defaults", () => {
    class Search extends Command.initializeWith(
      (text: string, { page = 1, order = "asc" }: { page?: number; order?: string } = {}) => ({
        text,
        page,
        order,
      }),
    ) {
      call() {
        return `${this.text} ${this.page} ${this.order}`;
      }
    }

    expect(Search.call("ducks")).toBe("ducks 1 asc");
    expect(Search.call("ducks", {})).toBe("ducks 1 asc");
    expect(Search.call("ducks", { order: "desc" })).toBe("ducks 1 desc");
  });

  it("takes nothing but keywords, and the rest of an object", () => {
    class Tag extends Command.initializeWith(
      ({ name, ...attributes }: { name: string; [attribute: string]: unknown }) => ({
        name,
        attributes,
      }),
    ) {
      call() {
        return [this.name, this.attributes];
      }
    }

    expect(Tag.call({ name: "a", href: "/" })).toEqual(["a", { href: "/" }]);
  });

  it("takes rest parameters", () => {
    class Sum extends Command.initializeWith((first: number, ...others: number[]) => ({
      first,
      others,
    })) {
      call() {
        return this.others.reduce((sum, number) => sum + number, this.first);
      }
    }

    expect([Sum.call(1), Sum.call(1, 2), Sum.call(1, 2, 3)]).toEqual([1, 3, 6]);
  });

  it("takes arrays apart", () => {
    class Area extends Command.initializeWith(([width, height = width]: number[]) => ({
      width,
      height,
    })) {
      call() {
        return [this.width, this.height];
      }
    }

    expect(Area.call([2])).toEqual([2, 2]);
  });

  it("makes other properties than arguments, or none", () => {
    class Greet extends Command.initializeWith((name: string) => ({ shout: name.toUpperCase() })) {
      call() {
        return Object.keys(this);
      }
    }
    class Ignore extends Command.initializeWith((_name: string) => ({})) {
      call() {
        return Object.keys(this);
      }
    }

    expect(Greet.call("Ada")).toEqual(["shout"]);
    expect(Ignore.call("Ada")).toEqual([]);
  });

  it("lets the function check its arguments, and throw", () => {
    class Withdraw extends Command.initializeWith((amount: number) => {
      if (amount <= 0) throw new RangeError(`cannot withdraw ${amount}`);
      return { amount };
    }) {
      call() {
        return this.amount;
      }
    }

    expect(Withdraw.call(1)).toBe(1);
    expect(() => Withdraw.call(0)).toThrow(new RangeError("cannot withdraw 0"));
  });

  it("gives field initializers the properties", () => {
    class Greet extends Command.initializeWith((name: string) => ({ name })) {
      private readonly greeting = `Hello ${this.name}`;

      call() {
        return this.greeting;
      }
    }

    expect(Greet.call("Ada")).toBe("Hello Ada");
  });

  it("takes functions of every form", () => {
    const initializers = {
      method(a: number, b = 2) {
        return { a, b };
      },
    };
    function declared(a: number, b = 2) {
      return { a, b };
    }
    class ByMethod extends Command.initializeWith(initializers.method) {
      call() {
        return this.a + this.b;
      }
    }
    class ByFunction extends Command.initializeWith(declared) {
      call() {
        return this.a + this.b;
      }
    }
    class ByBound extends Command.initializeWith(declared.bind(undefined)) {
      call() {
        return this.a + this.b;
      }
    }

    expect([ByMethod.call(1), ByFunction.call(1), ByBound.call(1)]).toEqual([3, 3, 3]);
  });

  it("refuses what is no function", () => {
    expect(() => Command.initializeWith({} as never)).toThrow(
      new TypeError(
        "Cannot use an object in initializeWith of Command: give a function of the arguments",
      ),
    );
  });
});

describe("initializeWith, on an abstract class", () => {
  abstract class ApplicationCommand extends Command {
    static {
      this.queueAs("app");
    }
    static readonly tenant: string = "acme";
    static describe() {
      return `${this.name} of ${this.tenant}`;
    }

    readonly startedBy: string = "nobody";
    protected readonly locale: string = "en";

    protected translate(word: string) {
      return `${this.locale}:${word}`;
    }
  }
  class Greet extends ApplicationCommand.initializeWith((name: string) => ({ name })) {
    call() {
      return this.translate(this.name);
    }
  }

  it("keeps members, protected ones too", () => {
    expect(Greet.call("Ada")).toBe("en:Ada");
  });

  it("keeps statics", () => {
    expect([Greet.tenant, Greet.describe()]).toEqual(["acme", "Greet of acme"]);
  });

  it("keeps macros", () => {
    expect(Greet.prepare("Ada").queueName).toBe("app");
  });

  it("keeps what a further subclass adds and overrides", () => {
    class GreetLoudly extends Greet {
      static {
        this.queueAs("loud");
      }
      protected override translate(word: string) {
        return super.translate(word.toUpperCase());
      }
    }

    expect(GreetLoudly.call("Ada")).toBe("en:ADA");
    expect([Greet.prepare("Ada").queueName, GreetLoudly.prepare("Ada").queueName]).toEqual([
      "app",
      "loud",
    ]);
  });

  it("is an instance of it", () => {
    class Self extends ApplicationCommand.initializeWith((name: string) => ({ name })) {
      call() {
        return this;
      }
    }

    expect(Self.call("Ada")).toBeInstanceOf(ApplicationCommand);
  });

  it("makes callbacks commands of CallbacksCommand", () => {
    class Half extends CallbacksCommand.initializeWith((number: number) => ({ number })) {
      call() {
        if (this.number % 2 !== 0) this.abort("odd");
        return this.number / 2;
      }
    }

    expect([Half.call(4).result, Half.call(3).errors]).toEqual([2, ["odd"]]);
  });

  it("adds to a class whose arguments can all be left out", () => {
    abstract class Paged extends Command.initializeWith((page = 1) => ({ page })) {}
    class Search extends Paged.initializeWith((text: string) => ({ text })) {
      call() {
        return [this.page, this.text];
      }
    }

    expect(Search.call("ducks")).toEqual([1, "ducks"]);
  });
});

describe("initializeWith, of what its function returns", () => {
  it.each<[string, unknown]>([
    ["undefined", undefined],
    ["null", null],
    ["a number", 7],
    ["a string", "Ada"],
    ["a promise", Promise.resolve({})],
  ])("refuses %s", (shown, returned) => {
    const initialize = (() => returned) as () => object;
    class Greet extends Command.initializeWith(initialize) {
      call() {}
    }

    expect(() => Greet.call()).toThrow(
      new TypeError(
        `Cannot make Greet: its initializeWith returned ${shown}. ` +
          "Return an object of the command's properties; what must be awaited belongs into call()",
      ),
    );
  });

  it.each([
    "abort",
    "abortIfErrored",
    "addError",
    "batch",
    "call",
    "constructor",
    "guardAgainstDeserializationErrors",
    "inject",
    "iterate",
    "job",
    "logger",
    "prereqResults",
    "progress",
    "requeueJob",
    "signal",
    "step",
  ])("refuses a property %s, which would hide a member", (name) => {
    const initialize = (() => ({ [name]: 1 })) as () => object;
    class Greet extends Command.initializeWith(initialize) {
      call() {}
    }

    expect(() => Greet.call()).toThrow(
      new TypeError(
        `Cannot make Greet: its initializeWith returned a property "${name}", ` +
          "which is a member of Command. Give it another name",
      ),
    );
  });

  it("looks at every instance, since names may be data", () => {
    class Tag extends Command.initializeWith(
      (attributes: { href?: string; [name: string]: unknown }): { href?: string } => ({
        ...attributes,
      }),
    ) {
      call() {}
    }
    Tag.call({ href: "/" });

    expect(() => Tag.call({ call: 1 })).toThrow('a property "call"');
  });

  it("takes no prototype from data", () => {
    const hostile = JSON.parse('{ "href": "/", "__proto__": { "isAdmin": true } }') as object;
    class Tag extends Command.initializeWith((attributes: object) => ({ ...attributes })) {
      call() {
        return [Object.entries(this), (this as { isAdmin?: boolean }).isAdmin];
      }
    }

    expect(Tag.call(hostile)).toEqual([[["href", "/"]], undefined]);
  });
});

describe("ArgumentCountError", () => {
  it("is thrown for more arguments than are declared", () => {
    class Add extends Command.initializeWith((a: number, b = 1) => ({ a, b })) {
      call() {}
    }

    expect(() => (Add as any).call(1, 2, 3)).toThrow(ArgumentCountError);
    expect(() => (Add as any).call(1, 2, 3)).toThrow(
      "Cannot use 3 arguments for Add: its initializeWith declares up to 2",
    );
  });

  it.each<[string, () => object, string]>([
    [
      "one",
      ((a: number) => ({ a })) as () => object,
      "2 arguments for Some: its initializeWith declares 1",
    ],
    ["none", () => ({}), "2 arguments for Some: its initializeWith declares none"],
  ])("says how many, where that is %s", (_, initialize, message) => {
    class Some extends Command.initializeWith(initialize) {
      call() {}
    }

    expect(() => new (Some as any)(1, 2)).toThrow(`Cannot use ${message}`);
  });

  it("is thrown for arguments of a command that declares none", () => {
    class Nothing extends Command {
      call() {}
    }

    expect(() => (Nothing as any).call(1)).toThrow(
      "Cannot use 1 argument for Nothing: it declares none. Declare them by initializeWith",
    );
  });

  it("is thrown where an argument that is taken apart is missing", () => {
    class Search extends Command.initializeWith((text: string, { page }: { page: number }) => ({
      text,
      page,
    })) {
      call() {}
    }

    expect(() => (Search as any).call("ducks")).toThrow(
      "Cannot use 1 argument for Search: " +
        "its initializeWith takes argument 2 apart, which needs at least 2",
    );
  });

  it("tells programs what it tells people", () => {
    const error = new ArgumentCountError("Add", 1, "it declares none");

    expect(error).toMatchObject({
      name: "ArgumentCountError",
      code: "MANDATE_ARGUMENT_COUNT",
      given: 1,
    });
    expect(Object.hasOwn(error, "name")).toBe(false);
  });
});
