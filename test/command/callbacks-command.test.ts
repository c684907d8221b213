import { CallbacksCommand, Command, configure, MemoryAdapter, Results } from "mandate";
import { Worker } from "mandate/worker";
import { describe, expect, it } from "vitest";
import { recordingLogger } from "./recording-logger.ts";

class Half extends CallbacksCommand.initializeWith((number: number) => ({ number })) {
  call() {
    if (this.number % 2 !== 0) this.abort(`${this.number} is odd`);
    return this.number / 2;
  }
}

class HalfLater extends CallbacksCommand.initializeWith((number: number) => ({ number })) {
  async call() {
    await Promise.resolve();
    if (this.number % 2 !== 0) this.abort(`${this.number} is odd`);
    return this.number / 2;
  }
}

/** Takes other commands' errors for its own. */
class Quarter extends CallbacksCommand.initializeWith((number: number) => ({ number })) {
  call() {
    return this.half(this.half(this.number));
  }

  private half(number: number): number {
    const { result, errors } = Half.call(number).onFailure((found) =>
      found.forEach((error) => this.addError(error)),
    );
    return result ?? this.abort(`after ${errors.length} errors`);
  }
}

describe("CallbacksCommand.call", () => {
  it("returns the results of a success", () => {
    expect(Half.call(4)).toEqual(new Results({ succeeded: true, result: 2, errors: [] }));
  });

  it("returns the results of an abort", () => {
    expect(Half.call(3)).toEqual(
      new Results({ succeeded: false, result: undefined, errors: ["3 is odd"] }),
    );
  });

  it("returns a promise of them where call is async", async () => {
    const results = [HalfLater.call(4), HalfLater.call(3)];

    expect(results[0]).toBeInstanceOf(Promise);
    expect(await Promise.all(results)).toEqual([
      new Results({ succeeded: true, result: 2, errors: [] }),
      new Results({ succeeded: false, result: undefined, errors: ["3 is odd"] }),
    ]);
  });

  it("throws what is no abort, and rejects with it", async () => {
    class Throw extends CallbacksCommand {
      call(): number {
        this.addError("noted");
        throw new RangeError("no");
      }
    }
    class Reject extends CallbacksCommand {
      async call(): Promise<number> {
        throw new RangeError("no");
      }
    }

    expect(() => Throw.call()).toThrow(new RangeError("no"));
    await expect(Reject.call()).rejects.toThrow(new RangeError("no"));
  });

  it("succeeds with undefined as with anything else", () => {
    class Nothing extends CallbacksCommand {
      call() {}
    }

    expect(Nothing.call()).toMatchObject({ succeeded: true, result: undefined, errors: [] });
  });
});

describe("a callbacks command", () => {
  it("goes on after an error it adds", () => {
    class Check extends CallbacksCommand {
      call() {
        this.addError("first");
        this.addError(new Error("second"));
        return "done";
      }
    }

    expect(Check.call()).toMatchObject({
      succeeded: true,
      result: "done",
      errors: ["first", new Error("second")],
    });
  });

  it("aborts with the errors it added, and the last one", () => {
    class Check extends CallbacksCommand {
      call() {
        this.addError("first");
        this.abort("second");
      }
    }

    expect(Check.call()).toMatchObject({ succeeded: false, errors: ["first", "second"] });
  });

  it("aborts without an error", () => {
    class Check extends CallbacksCommand {
      call() {
        this.abort();
      }
    }

    expect(Check.call()).toMatchObject({ succeeded: false, errors: [] });
  });

  it("aborts if there was an error, and only then", () => {
    class Check extends CallbacksCommand.initializeWith((errors: string[]) => ({ errors })) {
      call() {
        this.errors.forEach((error) => this.addError(error));
        this.abortIfErrored();
        return "done";
      }
    }

    expect(Check.call([])).toMatchObject({ succeeded: true, result: "done" });
    expect(Check.call(["first", "second"])).toMatchObject({
      succeeded: false,
      errors: ["first", "second"],
    });
  });

  it("is not aborted by the abort of another that it calls", () => {
    class Look extends CallbacksCommand {
      call() {
        return Half.call(3).succeeded;
      }
    }

    expect(Look.call()).toMatchObject({ succeeded: true, result: false, errors: [] });
  });

  it("may abort with another's errors", () => {
    expect(Quarter.call(8)).toMatchObject({ succeeded: true, result: 2 });
    expect(Quarter.call(6)).toMatchObject({
      succeeded: false,
      errors: ["3 is odd", "after 1 errors"],
    });
  });

  it("lets another's abort pass that it did not call, but ran", () => {
    class Run extends CallbacksCommand {
      call() {
        return new Half(3).call();
      }
    }

    expect(() => Run.call()).toThrow(expect.objectContaining({ errors: ["3 is odd"] }));
  });

  it("keeps its errors to itself", () => {
    expect([Half.call(3).errors, Half.call(5).errors]).toEqual([["3 is odd"], ["5 is odd"]]);
  });

  it("injects, and is disposed of, like any command", async () => {
    const disposed: string[] = [];
    class Connection {
      dispose() {
        disposed.push("Connection");
      }
    }
    class Use extends CallbacksCommand {
      private readonly connection = this.inject(Connection);
      async call() {
        this.abort(this.connection.constructor.name);
      }
    }

    expect(await Use.call()).toMatchObject({ succeeded: false, errors: ["Connection"] });
    expect(disposed).toEqual(["Connection"]);
  });
});

describe("a callbacks command that was deferred", () => {
  it("is done when it aborts, and its errors are logged", async () => {
    const { logger, lines } = recordingLogger();
    const adapter = new MemoryAdapter();
    configure({ adapter, logger });
    const jobs = [await Half.defer(3), await HalfLater.defer(5), await Half.defer(4)];

    await new Worker().drain();

    expect(lines("warn")).toEqual(["Aborted Half: 3 is odd", "Aborted HalfLater: 5 is odd"]);
    expect(await Promise.all(jobs.map((job) => job.status()))).toEqual([
      "finished",
      "finished",
      "finished",
    ]);
  });
});

describe("Results", () => {
  it("calls back on success", () => {
    const heard: unknown[] = [];

    Half.call(4)
      .onSuccess((result) => heard.push(result + 1))
      .onFailure((errors) => heard.push(errors))
      .onSuccess((result) => heard.push(result));

    expect(heard).toEqual([3, 2]);
  });

  it("calls back on failure", () => {
    const heard: unknown[] = [];

    Half.call(3)
      .onSuccess((result) => heard.push(result))
      .onFailure((errors) => heard.push(errors));

    expect(heard).toEqual([["3 is odd"]]);
  });

  it("returns itself from both", () => {
    const results = Half.call(4);

    expect(results.onSuccess(() => {}).onFailure(() => {})).toBe(results);
  });

  it("lets what a callback throws pass", () => {
    const fail = () => {
      throw new Error("in a callback");
    };

    expect(() => Half.call(4).onSuccess(fail)).toThrow("in a callback");
    expect(() => Half.call(3).onFailure(fail)).toThrow("in a callback");
  });

  it("is what a plain command makes of a callbacks command, if it likes", () => {
    class Describe extends Command.initializeWith((number: number) => ({ number })) {
      call() {
        const { succeeded, result, errors } = Half.call(this.number);
        return succeeded ? `${result}` : errors.join(", ");
      }
    }

    expect([Describe.call(4), Describe.call(3)]).toEqual(["2", "3 is odd"]);
  });
});
