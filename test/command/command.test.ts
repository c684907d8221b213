import { Command } from "mandate";
import { describe, expect, it } from "vitest";

describe("Command.call", () => {
  it("returns the value that call() returns", () => {
    const value = { some: "value" };
    class Return extends Command {
      call() {
        return value;
      }
    }

    expect(Return.call()).toBe(value);
  });

  it("returns the promise that call() returns, the very one", () => {
    const promise = Promise.resolve(1);
    class Return extends Command {
      call() {
        return promise;
      }
    }

    expect(Return.call()).toBe(promise);
  });

  it("does not touch a thenable, which may be a query that starts when it is awaited", () => {
    let awaited = 0;
    const query = { then: () => (awaited += 1) };
    class Return extends Command {
      call() {
        return query;
      }
    }

    expect(Return.call()).toBe(query);
    expect(awaited).toBe(0);
  });

  it("returns generators, async ones too, without starting them", async () => {
    const started: string[] = [];
    class Count extends Command.initializeWith((end: number) => ({ end })) {
      async *call() {
        started.push("Count");
        for (let number = 1; number <= this.end; number += 1) yield number;
      }
    }

    const numbers = Count.call(3);

    expect(started).toEqual([]);
    expect(await collect(numbers)).toEqual([1, 2, 3]);
  });

  it("throws what call() throws, and rejects where it rejects", async () => {
    const error = new Error("no");
    class Throw extends Command {
      call(): number {
        throw error;
      }
    }
    class Reject extends Command {
      async call(): Promise<number> {
        throw error;
      }
    }

    expect(() => Throw.call()).toThrow(error);
    await expect(Reject.call()).rejects.toBe(error);
  });

  it("makes an instance for each call", () => {
    class Self extends Command {
      call() {
        return this;
      }
    }

    expect(Self.call()).toBeInstanceOf(Self);
    expect(Self.call()).not.toBe(Self.call());
  });

  it("leaves nothing of its own on an instance", () => {
    class Self extends Command.initializeWith((a: number) => ({ a })) {
      call() {
        return Reflect.ownKeys(this);
      }
    }

    expect(Self.call(1)).toEqual(["a"]);
  });

  it("calls what a subclass overrides, and super with it", () => {
    class Greet extends Command.initializeWith((name: string) => ({ name })) {
      call() {
        return `Hello ${this.name}`;
      }
    }
    class GreetLoudly extends Greet {
      override call() {
        return `${super.call()}!`;
      }
    }

    expect(GreetLoudly.call("Ada")).toBe("Hello Ada!");
  });

  it("calls commands from commands", () => {
    class Half extends Command.initializeWith((number: number) => ({ number })) {
      call() {
        return this.number / 2;
      }
    }
    class Quarter extends Command.initializeWith((number: number) => ({ number })) {
      call() {
        return Half.call(Half.call(this.number));
      }
    }

    expect(Quarter.call(8)).toBe(2);
  });
});

describe("Command, inline", () => {
  it("runs in no job", () => {
    class Look extends Command {
      call() {
        return { job: this.job, isAborted: this.signal.aborted };
      }
    }

    expect(Look.call()).toEqual({ job: undefined, isAborted: false });
  });

  it("guards against deserialization errors unless it says otherwise", () => {
    class Guarded extends Command {
      call() {
        return this.guardAgainstDeserializationErrors();
      }
    }
    class Unguarded extends Guarded {
      protected override guardAgainstDeserializationErrors() {
        return false;
      }
    }

    expect([Guarded.call(), Unguarded.call()]).toEqual([true, false]);
  });
});

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
