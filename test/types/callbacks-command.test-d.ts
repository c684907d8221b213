import { CallbacksCommand, type CallOutput, type Results } from "mandate";
import { describe, expectTypeOf, it } from "vitest";

class Half extends CallbacksCommand.initializeWith((number: number) => ({ number })) {
  call() {
    if (this.number % 2 !== 0) this.abort("odd");
    return this.number / 2;
  }
}
class HalfLater extends Half {
  // @ts-expect-error a promise is no number
  override async call() {
    return 1;
  }
}
class Load extends CallbacksCommand.initializeWith((url: string) => ({ url })) {
  async call() {
    return [this.url];
  }
}
class Nothing extends CallbacksCommand {
  call() {}
}

describe("a CallbacksCommand", () => {
  it("returns results of what its call returns", () => {
    expectTypeOf(Half.call(1)).toEqualTypeOf<Results<number>>();
    expectTypeOf(Nothing.call()).toEqualTypeOf<Results<void>>();
    expectTypeOf<CallOutput<typeof Half>>().toEqualTypeOf<Results<number>>();
  });

  it("returns a promise of them where its call is async", () => {
    expectTypeOf(Load.call("/")).toEqualTypeOf<Promise<Results<string[]>>>();
  });

  it("is initialized on abstract bases as Command is", () => {
    abstract class ApplicationCommand extends CallbacksCommand {
      protected refuse(reason: string): never {
        return this.abort(reason);
      }
    }
    class Check extends ApplicationCommand.initializeWith((age: number) => ({ age })) {
      call() {
        return this.age < 18 ? this.refuse("too young") : this.age;
      }
    }

    expectTypeOf(Check.call(20)).toEqualTypeOf<Results<number>>();
  });

  it("narrows by abort, which never returns", () => {
    class Find extends CallbacksCommand.initializeWith((name?: string) => ({ name })) {
      call() {
        if (this.name === undefined) this.abort("no name");
        expectTypeOf(this.name).toEqualTypeOf<string>();
        return this.name;
      }
    }

    expectTypeOf(Find.call()).toEqualTypeOf<Results<string>>();
  });

  it("aborts and adds errors by itself, not by others", () => {
    const half = new Half(1);

    // @ts-expect-error for the command itself
    half.abort("no");
    // @ts-expect-error for the command itself
    half.addError("no");
    expectTypeOf(half.number).toEqualTypeOf<number>();
  });

  it("is deferred like any command", () => {
    void HalfLater;
    // @ts-expect-error a number is asked for
    void Half.defer("1");
    expectTypeOf(Half.defer(1, { queue: "bulk" })).resolves.toHaveProperty("id");
  });
});

describe("Results", () => {
  const results = Half.call(1);

  it("have the result, where there is one", () => {
    expectTypeOf(results.result).toEqualTypeOf<number | undefined>();
    expectTypeOf(results.succeeded).toEqualTypeOf<boolean>();
    expectTypeOf(results.errors).toEqualTypeOf<readonly unknown[]>();
  });

  it("call back with it, and go on", () => {
    results
      .onSuccess((result) => {
        expectTypeOf(result).toEqualTypeOf<number>();
      })
      .onFailure((errors) => {
        expectTypeOf(errors).toEqualTypeOf<readonly unknown[]>();
      });
    // @ts-expect-error the result is no string
    results.onSuccess((result: string) => result);
  });
});
