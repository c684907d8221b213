import { beforeEach, describe, expect, it } from "vitest";
import { globalId } from "mandate";
import { assertEnqueuedWith, useTestAdapter, within } from "mandate/testing";
import { Note } from "./commands.ts";
import { rejection } from "./rejection.ts";

class User {
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }
}
globalId.register(User, { find: () => undefined });

interface Plain {
  readonly isRow: true;
  readonly id: number;
}
globalId.register("Plain", {
  is: (value): value is Plain => (value as Partial<Plain>).isRow ?? false,
  find: (id): Plain => ({ isRow: true, id: Number(id) }),
});

beforeEach(() => void useTestAdapter());

describe("expected arguments", () => {
  it("may go round in a circle, with matchers or without", async () => {
    const circle = (name: unknown) => {
      const node: { name: unknown; self?: unknown } = { name };
      node.self = node;
      return node;
    };
    await Note.defer(circle("a"));

    await assertEnqueuedWith({ command: Note, args: [circle("a")] });
    const matching = { name: expect.any(String), self: circle("a") };
    await assertEnqueuedWith({ command: Note, args: [matching] });
    await expect(assertEnqueuedWith({ command: Note, args: [circle("b")] })).rejects.toThrow(
      'Expected Note({ name: "b", self: [circular] }) to be enqueued',
    );
  });

  it("stay circles with a matcher in them", async () => {
    const enqueued: { name: string; self?: unknown } = { name: "a" };
    enqueued.self = enqueued;
    await Note.defer(enqueued);
    const expected: { name: unknown; self?: unknown } = { name: expect.any(String) };
    expected.self = expected;

    await assertEnqueuedWith({ command: Note, args: [expected] });
    await Note.defer({ name: "a", self: { name: 1, self: undefined } });
    expected.name = expect.any(Number);
    await expect(assertEnqueuedWith({ command: Note, args: [expected] })).rejects.toThrow(
      "Expected Note({ name: Any<Number>, self: [circular] }) to be enqueued, found others",
    );
  });

  it("are asked about global ids where a record is gone", async () => {
    await Note.defer(new User(1));

    await assertEnqueuedWith({
      command: Note,
      args: [expect.objectContaining({ model: "User", id: "1" })],
    });
  });

  it("may have matchers next to rows that travel by reference", async () => {
    const row: Plain = { isRow: true, id: 1 };
    await Note.defer([row, 5]);

    await assertEnqueuedWith({ command: Note, args: [[{ ...row }, expect.any(Number)]] });
    await expect(
      assertEnqueuedWith({ command: Note, args: [[{ ...row, id: 2 }, expect.any(Number)]] }),
    ).rejects.toThrow("Expected Note([gid://app/Plain/2, Any<Number>]) to be enqueued");
  });

  it("are shown as code would write them", async () => {
    const matchers = [
      expect.objectContaining({ "e-mail": expect.stringContaining("@") }),
      expect.not.arrayContaining([1]),
      within(2).of(new Date(0)),
      { asymmetricMatch: () => false },
    ];
    const values = [
      "text",
      1n,
      undefined,
      null,
      {},
      { "e-mail": [], at: new Date(0), list: new Set([1]) },
    ];

    const error = await rejection(
      assertEnqueuedWith({ command: "Note", args: [...values, ...matchers] }),
    );

    expect(error.message).toBe(
      'Expected Note("text", 1n, undefined, null, {}, ' +
        '{ "e-mail": [], at: 1970-01-01T00:00:00.000Z, list: Set(1) { 1 } }, ' +
        'ObjectContaining({ "e-mail": StringContaining("@") }), ArrayNotContaining([1]), ' +
        "within 2 s of 1970-01-01T00:00:00.000Z, { asymmetricMatch: [Function: asymmetricMatch] }) " +
        "to be enqueued, found no job",
    );
  });

  it("are shown in part where they are long", async () => {
    await Note.defer("x".repeat(10_000));

    const error = await rejection(assertEnqueuedWith({ command: Note, args: [1] }));

    expect(error.message).toBe(
      "Expected Note(1) to be enqueued, found another:\n" +
        `  Note("${"x".repeat(499)}…) in queue "default"`,
    );
  });
});
