import { UnknownOptionError } from "mandate";
import { describe, expect, it } from "vitest";
import {
  checkFunction,
  checkInteger,
  checkName,
  checkOptionNames,
  checkTags,
  describe as described,
} from "../../../src/job/checks/checks.ts";

describe("checkOptionNames", () => {
  it("lets known options pass, whatever their values", () => {
    expect(() =>
      checkOptionNames({ wait: undefined }, ["wait", "queue"], "the test"),
    ).not.toThrow();
  });

  it("refuses what is no object of options", () => {
    expect(() => checkOptionNames(undefined as never, [], "the options of Greet")).toThrow(
      new TypeError("Cannot use undefined as the options of Greet: give an object"),
    );
  });

  it("refuses others, and names those that there are", () => {
    const check = () => checkOptionNames({ wiat: 5 }, ["wait", "queue"], "the options of Greet");

    expect(check).toThrow(UnknownOptionError);
    expect(check).toThrow(
      'Cannot use option "wiat" in the options of Greet: there is no such option. Did you mean "wait"? There are: wait, queue',
    );
    expect(new UnknownOptionError("wiat", "the options of Greet", [])).toMatchObject({
      name: "UnknownOptionError",
      code: "MANDATE_UNKNOWN_OPTION",
      option: "wiat",
    });
  });
});

describe("checkName", () => {
  it.each(["default", "Mailers_2", "a:b", "a.b-c"])("takes %j", (name) => {
    expect(() => checkName(name, "the test", "a queue")).not.toThrow();
  });

  it.each([
    ["", '""'],
    ["a b", '"a b"'],
    ["a\n", '"a\\n"'],
    ["ä", '"ä"'],
    [7, "7"],
    [null, "null"],
    [{}, "an object"],
    [Symbol("a"), "a symbol"],
  ])("refuses %s", (name, shown) => {
    expect(() => checkName(name, "the test", "a queue")).toThrow(
      new TypeError(
        `Cannot use ${shown} as a queue in the test: ` +
          "give a name of letters, digits and the signs _ : . -",
      ),
    );
  });
});

describe("checkInteger", () => {
  it("takes integers from the least on", () => {
    expect(() => checkInteger(0, "retry", 0)).not.toThrow();
    expect(() => checkInteger(-7, "priority", Number.MIN_SAFE_INTEGER)).not.toThrow();
  });

  it("refuses others, and says the least where there is one", () => {
    expect(() => checkInteger(-1, "retry of X", 0)).toThrow(
      new RangeError("Cannot use -1 as retry of X: give an integer of at least 0"),
    );
    expect(() => checkInteger("5", "priority of X", Number.MIN_SAFE_INTEGER)).toThrow(
      new RangeError('Cannot use "5" as priority of X: give an integer'),
    );
    expect(() => checkInteger(2 ** 53, "priority of X", Number.MIN_SAFE_INTEGER)).toThrow(
      RangeError,
    );
  });
});

describe("checkFunction", () => {
  it("refuses what is none", () => {
    expect(() => checkFunction(() => {}, "the test")).not.toThrow();
    expect(() => checkFunction(undefined, "rescueFrom of X")).toThrow(
      new TypeError("Cannot use undefined in rescueFrom of X: give a function"),
    );
  });
});

describe("checkTags", () => {
  it("refuses what is no array of strings", () => {
    expect(() => checkTags(undefined, "the test")).not.toThrow();
    expect(() => checkTags(["a"], "the test")).not.toThrow();
    expect(() => checkTags(["a", 1], "the test")).toThrow(
      new TypeError("Cannot use an array as tags in the test: give an array of strings"),
    );
  });
});

describe("what messages show of a value", () => {
  it("shows what cannot be secret, and of others the type", () => {
    const values = ["a", 1, NaN, true, null, undefined, {}, [], () => {}, 1n];

    expect(values.map(described)).toEqual([
      '"a"',
      "1",
      "NaN",
      "true",
      "null",
      "undefined",
      "an object",
      "an array",
      "a function",
      "a bigint",
    ]);
  });
});
