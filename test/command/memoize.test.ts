import { Command, memoize } from "mandate";
import { describe, expect, it } from "vitest";

describe("memoize", () => {
  it("runs a method once per instance", () => {
    const calls: string[] = [];
    class Report {
      constructor(readonly name: string) {}
      @memoize
      total() {
        calls.push(this.name);
        return `total of ${this.name}`;
      }
    }
    const [may, june] = [new Report("May"), new Report("June")];

    const totals = [may.total(), june.total(), may.total(), june.total()];

    expect(totals).toEqual(["total of May", "total of June", "total of May", "total of June"]);
    expect(calls).toEqual(["May", "June"]);
  });

  it("runs a getter once per instance", () => {
    const calls: Report[] = [];
    class Report {
      @memoize
      get total() {
        return calls.push(this);
      }
    }
    const [may, june] = [new Report(), new Report()];

    const totals = [may.total, may.total, june.total, may.total];

    expect(totals).toEqual([1, 1, 2, 1]);
    expect(calls).toEqual([may, june]);
  });

  it("keeps the setter that stands next to a getter", () => {
    const written: number[] = [];
    class Report {
      @memoize
      get total() {
        return 42;
      }
      set total(value: number) {
        written.push(value);
      }
    }

    new Report().total = 7;

    expect(written).toEqual([7]);
  });

  it("takes private methods and getters", () => {
    let calls = 0;
    class Report {
      @memoize
      #total() {
        return ++calls;
      }
      @memoize
      get #rate() {
        return ++calls;
      }
      read() {
        return [this.#total(), this.#rate, this.#total(), this.#rate];
      }
    }

    expect(new Report().read()).toEqual([1, 2, 1, 2]);
  });

  it("takes static ones, which each subclass has anew", () => {
    let calls = 0;
    class Report {
      @memoize
      static total() {
        return ++calls;
      }
    }
    class Monthly extends Report {}

    expect([Report.total(), Monthly.total(), Report.total(), Monthly.total()]).toEqual([
      1, 2, 1, 2,
    ]);
  });

  it("keeps undefined", () => {
    let calls = 0;
    class Report {
      @memoize
      total() {
        calls += 1;
        return undefined;
      }
    }
    const report = new Report();

    const totals = [report.total(), report.total()];

    expect({ totals, calls }).toEqual({ totals: [undefined, undefined], calls: 1 });
  });

  it("does not keep what throws", () => {
    let calls = 0;
    class Report {
      @memoize
      total() {
        calls += 1;
        if (calls === 1) throw new Error("not yet");
        return calls;
      }
    }
    const report = new Report();

    expect(() => report.total()).toThrow("not yet");
    expect([report.total(), report.total()]).toEqual([2, 2]);
  });

  it("gives one promise to all who ask while it is pending, and after", async () => {
    let calls = 0;
    class Report {
      @memoize
      async total() {
        calls += 1;
        return calls;
      }
    }
    const report = new Report();

    const promises = [report.total(), report.total()];

    expect(promises[0]).toBe(promises[1]);
    expect(await Promise.all([...promises, report.total()])).toEqual([1, 1, 1]);
  });

  it("does not keep a promise that rejects, for whoever comes to know of it", async () => {
    let calls = 0;
    class Report {
      @memoize
      async total() {
        calls += 1;
        if (calls === 1) throw new Error("not yet");
        return calls;
      }
    }
    const report = new Report();

    const again = report.total().catch(() => report.total());

    expect(await again).toBe(2);
    expect(await report.total()).toBe(2);
  });

  it("keeps a subclass's value apart from that of the method it overrides", () => {
    const calls: string[] = [];
    class Report {
      @memoize
      total() {
        calls.push("Report");
        return 1;
      }
    }
    class Monthly extends Report {
      @memoize
      override total() {
        calls.push("Monthly");
        return super.total() + super.total() + 10;
      }
    }
    const report = new Monthly();

    expect([report.total(), report.total()]).toEqual([12, 12]);
    expect(calls).toEqual(["Monthly", "Report"]);
  });

  it("keeps a subclass's value apart also through super's getter", () => {
    class Report {
      @memoize
      get total() {
        return 1;
      }
    }
    class Monthly extends Report {
      @memoize
      override get total() {
        return super.total + 10;
      }
    }
    const report = new Monthly();

    expect([report.total, report.total]).toEqual([11, 11]);
  });

  it("keeps the member's name", () => {
    class Report {
      @memoize
      total() {
        return 1;
      }
    }

    expect(new Report().total.name).toBe("total");
  });

  it("works on frozen instances", () => {
    class Report {
      @memoize
      total() {
        return {};
      }
    }
    const report = Object.freeze(new Report());

    expect(report.total()).toBe(report.total());
  });
});

describe("memoize, where it cannot stand", () => {
  const standard = memoize as (value: unknown, context: unknown) => unknown;
  const legacy = memoize as (prototype: object, name: string, descriptor?: object) => unknown;

  it.each([
    ["a field", { kind: "field", name: "total" }],
    ["a setter", { kind: "setter", name: "total" }],
    ["an accessor", { kind: "accessor", name: "total" }],
    ["a class", { kind: "class", name: "total" }],
  ])("refuses %s", (_, context) => {
    expect(() => standard(() => 1, context)).toThrow(
      new TypeError(
        "Cannot memoize total: it is neither a method nor a getter. " +
          "Memoize a method without parameters, or a getter",
      ),
    );
  });

  it.each<[string, unknown]>([
    ["a parameter", (a: number) => a],
    ["an optional one", (a = 1) => a],
    ["a rest parameter", (...a: number[]) => a],
  ])("refuses a method with %s", (_, method) => {
    const message =
      "Cannot memoize total: it takes parameters. Memoize a method without parameters, or a getter";

    expect(() => standard(method, { kind: "method", name: "total" })).toThrow(
      new TypeError(message),
    );
    expect(() => legacy({}, "total", { value: method })).toThrow(new TypeError(message));
  });

  it.each<[string, object | undefined]>([
    ["a field", undefined],
    ["a setter", { set() {} }],
    ["a value", { value: 1 }],
  ])("refuses %s of the legacy dialect", (_, descriptor) => {
    expect(() => legacy({}, "total", descriptor)).toThrow(
      new TypeError(
        "Cannot memoize total: there is no method or getter of that name. " +
          "Memoize a method without parameters, or a getter",
      ),
    );
  });
});

describe("Command.memoize", () => {
  it("memoizes methods and getters by their names, private ones too", () => {
    let calls = 0;
    class Report extends Command {
      static {
        this.memoize("total", "rate");
      }

      call() {
        return [this.total(), this.total(), this.rate, this.rate];
      }

      private total() {
        return ++calls;
      }

      protected get rate() {
        return ++calls;
      }
    }

    expect(Report.call()).toEqual([1, 1, 2, 2]);
    expect(Report.call()).toEqual([3, 3, 4, 4]);
  });

  it("memoizes for a subclass what its parent does not", () => {
    let calls = 0;
    class Report extends Command {
      call() {
        return [this.total(), this.total()];
      }
      protected total() {
        return ++calls;
      }
    }
    class Monthly extends Report {
      static {
        this.memoize("total");
      }
    }

    expect(Monthly.call()).toEqual([1, 1]);
    expect(Report.call()).toEqual([2, 3]);
  });

  it("keeps an overriding method's value apart from its parent's", () => {
    class Report extends Command {
      static {
        this.memoize("total");
      }
      call() {
        return [this.total(), this.total()];
      }
      protected total() {
        return [1];
      }
    }
    class Monthly extends Report {
      static {
        this.memoize("total");
      }
      protected override total() {
        return [...super.total(), 2];
      }
    }

    const [first, second] = Monthly.call();

    expect(first).toEqual([1, 2]);
    expect(second).toBe(first);
  });

  it.each(["totl", "#secret", "rate"])("refuses %s, which is no method or getter", (name) => {
    class Report extends Command {
      rate = 1;
      call() {
        return this.#secret();
      }
      #secret() {
        return 1;
      }
    }

    expect(() => Report.memoize(name)).toThrow(
      new TypeError(
        `Cannot memoize Report.${name}: there is no method or getter of that name. ` +
          "Memoize a method without parameters, or a getter",
      ),
    );
  });

  it("says which member was meant, without reading any", () => {
    class Report extends Command {
      get total(): number {
        throw new Error("read");
      }
      call() {}
    }

    expect(() => Report.memoize("totl")).toThrow(
      new TypeError(
        'Cannot memoize Report.totl: there is no method or getter of that name. Did you mean "total"? ' +
          "Memoize a method without parameters, or a getter",
      ),
    );
  });

  it("refuses a method with parameters", () => {
    class Report extends Command {
      call() {
        return this.total();
      }
      total(month = 1) {
        return month;
      }
    }

    expect(() => Report.memoize("total")).toThrow(
      new TypeError(
        "Cannot memoize Report.total: it takes parameters. " +
          "Memoize a method without parameters, or a getter",
      ),
    );
  });
});
