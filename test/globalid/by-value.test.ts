import { byValue, Command, GlobalID, globalId, reference } from "mandate";
import { describe, expect, expectTypeOf, it } from "vitest";

interface Row {
  readonly id: number;
  readonly email: string;
}
globalId.register<Row>("Row", {
  find: (id) => ({ id: Number(id), email: "" }),
  is: (value) => "email" in value,
});

class Take extends Command.initializeWith((value: unknown) => ({ value })) {
  call() {}
}
class TakeInRuby extends Command.initializeWith((value: unknown, last?: unknown) => ({
  value,
  last,
})) {
  static {
    this.jobOptions({ wireFormat: "activejob" });
  }

  call() {}
}

describe("byValue", () => {
  it("is the value itself, of its type", () => {
    const row: Row = Object.freeze({ id: 1, email: "ada@example.org" });

    expect(byValue(row)).toBe(row);
    expectTypeOf(byValue(row)).toEqualTypeOf<Row>();
  });

  it("copies a row that a model would have had", () => {
    const row = byValue({ id: 1, email: "ada@example.org" });

    expect(Take.prepare(row).record.args).toEqual(["Take", row]);
    expect(Take.prepare(row).record.meta).toBeUndefined();
    expect(Take.prepare({ at: new Date(0), row }).record).toMatchObject({
      args: ["Take", { row }],
      meta: { values: { "0.at": ["Date"] } },
    });
  });

  it("does so where Rails reads the job", () => {
    const { record } = TakeInRuby.prepare(byValue({ id: 1, email: "ada@example.org" }), null);

    expect(JSON.stringify(record)).toContain("ada@example.org");
  });

  it("leaves records inside of it what they are", () => {
    const { record } = Take.prepare(byValue({ id: 7, of: { id: 1, email: "ada@example.org" } }));

    expect(record.args).toEqual(["Take", { id: 7, of: "gid://app/Row/1" }]);
  });

  it("is taken back by reference, and takes reference back", () => {
    const row = reference("Row", byValue({ id: 1, email: "" }));
    const other = byValue(reference("Row", { id: 2, email: "" }));

    expect(Take.prepare(row).record.args).toEqual(["Take", "gid://app/Row/1"]);
    expect(Take.prepare(other).record.args).toEqual(["Take", { id: 2, email: "" }]);
  });

  it("has a global id all the same", () => {
    expect(String(GlobalID.create(byValue({ id: 1, email: "" })))).toBe("gid://app/Row/1");
  });

  it.each([
    ["a text", "1", "string"],
    ["null", null, "null"],
    ["nothing", undefined, "undefined"],
  ])("refuses %s", (_, value, type) => {
    expect(() => byValue(value as never)).toThrow(
      new TypeError(
        `Cannot mark a value of type ${type} as meant by value: it is no object. ` +
          "Pass it as it is: only objects are taken for records",
      ),
    );
  });
});
