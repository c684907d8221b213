import { Command, globalId, type JobRecord } from "mandate";
import { beforeAll, describe, expect, it } from "vitest";
import { canonicalJson } from "../../src/guards/canonical-json.ts";
import { GuardKeyError } from "../../src/guards/guard-key-error.ts";
import { keyMaker, type KeySource } from "../../src/guards/key.ts";
import { declare, declarationsOf } from "../../src/job/declare/declarations.ts";
import { encryptionTrait } from "../../src/job/declare/encryption.ts";
import { useKeys, useNoKeys } from "../encryption/keys.ts";

class Account {
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }
}

class Sync extends Command {
  call(): void {}
}

class Confide extends Command {
  call(): void {}
}

declare(Confide, encryptionTrait, true);

function keyOf(args: readonly unknown[], by?: KeySource["by"], declaring: typeof Sync = Sync) {
  const keyText = keyMaker({ macro: "unique", by }, declarationsOf(declaring));
  return keyText({ className: "Sync", args, record: {} as JobRecord, holds: [], due: undefined });
}

function refusal(returned: () => unknown): GuardKeyError {
  try {
    keyOf(["secret"], returned);
  } catch (error) {
    return error as GuardKeyError;
  }
  throw new Error("Expected an error, found none");
}

describe("the text of a guard's key", () => {
  beforeAll(() => {
    globalId.register("Account", {
      find: (id) => new Account(Number(id)),
      is: (value) => value instanceof Account,
    });
  });

  it.each([
    ["nothing", [], ""],
    ["words", ["ada@example.org", "eu/west-1"], "ada@example.org,eu/west-1"],
    ["numbers", [42, -1.5], "42,-1.5"],
    ["texts that may be taken for others", ["42", "true", "a b", ""], '"42","true","a b",""'],
    ["what is no text", [true, null, [1, ["a"]]], 'true,null,[1,["a"]]'],
    ["records", [new Account(7), true], "gid://app/Account/7,true"],
    ["a text like a record", ["gid://app/Account/7"], '"gid://app/Account/7"'],
    ["a record inside", [{ of: new Account(7) }], '{"of":"gid://app/Account/7"} {"gids":["0.of"]}'],
    ["a Date", [new Date(0)], '"1970-01-01T00:00:00.000Z" {"values":{"0":["Date"]}}'],
    ["a bigint", [1n], '"1" {"values":{"0":["bigint"]}}'],
    ["what moves a terminal's cursor", ["\u001B[2J"], String.raw`"\u001b[2J"`],
    ["half a character", ["\uD800"], String.raw`"\ud800"`],
  ])("shows %s", (_, args, text) => {
    expect(keyOf(args)).toBe(text);
  });

  it("is the same in whichever order an object has its keys", () => {
    const one = keyOf([{ b: { y: 1, x: new Date(0) }, a: new Date(1) }]);
    const other = keyOf([{ a: new Date(1), b: { x: new Date(0), y: 1 } }]);

    expect(one).toBe(other);
  });

  it("is of what by returns, which gets the arguments as they were given", () => {
    const account = new Account(7);

    expect(keyOf([account, "x"], (given: Account, more: string) => [given === account, more])).toBe(
      '[true,"x"]',
    );
    expect(keyOf([account], (given: Account) => given)).toBe("gid://app/Account/7");
  });

  it("tells by's list from several arguments", () => {
    expect(keyOf([1, 2])).not.toBe(keyOf([], () => [1, 2]));
  });

  it("ends in a hash where it would be long, and still shows how it begins", () => {
    const text = keyOf(["a".repeat(1_000_000)]);

    expect(text).toMatch(/^a{100}…[0-9a-f]{64}$/);
    expect(keyOf([`${"a".repeat(999_999)}b`])).not.toBe(text);
  });

  it("is whole up to 200 characters", () => {
    expect(keyOf(["a".repeat(200)])).toBe("a".repeat(200));
  });

  it("cuts no character in two", () => {
    const text = keyOf([`${"a".repeat(98)}😀${"a".repeat(200)}`]);

    expect(text).toMatch(/^"a{98}…/);
  });

  it("is nothing but a hash, under the current key, of arguments that are encrypted", () => {
    useKeys("2026-05");
    const before = keyOf(["x"], undefined, Confide);
    useKeys("2026-11", "2026-05");

    const keys = [before, keyOf(["x"], undefined, Confide), keyOf(["x"], undefined, Confide)];

    expect(keys[1]).toMatch(/^[\w-]{32}$/);
    expect(keys[2]).toBe(keys[1]);
    expect(keys[1]).not.toBe(before);
  });

  it("is nothing of such arguments where there is no key, so that none of them makes a job", () => {
    useNoKeys();

    expect(keyOf(["x"], undefined, Confide)).toBe("");
  });
});

describe("a key that cannot be made", () => {
  const start = 'Cannot make the key of Sync for unique: its function "by" ';
  const tellApart = "what tells these jobs apart: texts, numbers, records";

  it("names the class and the error that by threw, and not what that says", () => {
    const thrown = new RangeError("secret");

    const error = refusal(() => {
      throw thrown;
    });

    expect(error).toBeInstanceOf(GuardKeyError);
    expect(error.message).toBe(
      `${start}threw RangeError. It is called with what defer was given: have it cope with that`,
    );
    expect(error).toMatchObject({ className: "Sync", macro: "unique", cause: thrown });
    expect(error.code).toBe("MANDATE_GUARD_KEY");
  });

  it.each([
    ["a promise", () => Promise.reject(new Error("secret"))],
    ["undefined", () => undefined],
    ["a function", () => () => "secret"],
  ])("says that by returned %s", (found, by) => {
    expect(refusal(by).message).toBe(`${start}returned ${found}. Return at once ${tellApart}`);
  });

  it.each([
    ["", Symbol("secret")],
    [", at .on[0]", { on: [() => "secret"] }],
    [", at .later", { later: Promise.resolve("secret") }],
  ])("says that what by returned cannot be deferred%s", (at, value) => {
    const error = refusal(() => value);

    expect(error.message).toBe(
      `${start}returned what cannot be deferred${at}. Return ${tellApart}`,
    );
    expect(error.cause).toBeInstanceOf(Error);
  });
});

describe("canonical JSON", () => {
  it("sorts the keys of objects, and nothing else", () => {
    expect(canonicalJson({ b: [2, 1], a: { d: null, c: "x" } })).toBe(
      '{"a":{"c":"x","d":null},"b":[2,1]}',
    );
  });
});
