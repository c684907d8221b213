import { CallbacksCommand, Command } from "mandate";
import { describe, expect, it } from "vitest";
import { Rig } from "../rig.ts";

const base = Command.initializeWith((x: number, y?: number) => ({ x, y }));

describe("a class field that redeclares an argument", () => {
  it("is told at each call, with its name and the cure", () => {
    class Double extends base {
      override readonly x!: number;
      call() {
        return this.x * 2;
      }
    }
    const message =
      'Cannot call Double: its class field "x" hides the argument of that name, and is undefined. ' +
      'Leave the field out, since initializeWith declares it, or write "declare readonly x: …"';

    expect(() => Double.call(1)).toThrow(new TypeError(message));
    expect(() => Double.call(1)).toThrow(new TypeError(message));
  });

  it("is told of a CallbacksCommand, and of an optional argument once it is given", () => {
    class Sum extends CallbacksCommand.initializeWith((x: number, y?: number) => ({ x, y })) {
      override readonly y: number | undefined;
      call() {
        return this.x + (this.y ?? 0);
      }
    }

    expect(Sum.call(1).result).toBe(1);
    expect(() => Sum.call(1, 2)).toThrow('its class field "y" hides the argument of that name');
  });

  it("is told where an inherited class has it, beside others that have not", () => {
    class Sound extends base {
      call() {
        return this.x;
      }
    }
    class Middle extends Sound {
      override readonly x!: number;
    }
    class Leaf extends Middle {}

    expect(Sound.call(1)).toBe(1);
    expect(() => Leaf.call(1)).toThrow('Cannot call Leaf: its class field "x"');
    expect(Sound.call(2)).toBe(2);
  });

  it("fails the job, and no property is read as undefined", async () => {
    const rig = new Rig();
    let calls = 0;
    class Charge extends base {
      static {
        this.retry(false);
      }
      override readonly x!: number;
      call() {
        calls += 1;
      }
    }

    await Charge.defer(1);
    const outcome = await rig.run();

    expect(outcome).toMatchObject({ kind: "done" });
    expect(calls).toBe(0);
    expect(rig.log.messages().join("\n")).toContain('its class field "x" hides the argument');
  });

  it("may give it another value, and may be declared only", () => {
    class Shout extends Command.initializeWith((text: string) => ({ text, from: "me" })) {
      override readonly text = "HELLO";
      declare readonly from: string;
      call() {
        return this.text + this.from;
      }
    }

    expect(Shout.call("hello")).toBe("HELLOme");
    expect(Shout.call("hello")).toBe("HELLOme");
  });

  it("is found in commands that others' fields call, and after ones that were never called", () => {
    class Inner extends base {
      call() {
        return this.x;
      }
    }
    class Outer extends base {
      readonly inner = Inner.call(5);
      override readonly x!: number;
      call() {}
    }
    new (Outer as new (x: number) => object)(1);

    expect(() => Outer.call(1)).toThrow('Cannot call Outer: its class field "x"');
  });
});
