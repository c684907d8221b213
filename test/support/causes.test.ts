import { describe, expect, it } from "vitest";
import { lookAlong } from "../../src/support/causes.ts";

/** The messages of all that is looked at, in order. */
function seenAlong(thrown: unknown): string[] {
  const seen: string[] = [];
  lookAlong(thrown, { at: (error) => void seen.push((error as Error).message) });
  return seen;
}

describe("lookAlong", () => {
  it("looks at an error, then at its errors, then at its cause", () => {
    const errors = [new Error("b", { cause: new Error("c") }), new Error("d")];
    const thrown = new AggregateError(errors, "a", { cause: new Error("e") });

    expect(seenAlong(thrown)).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("answers with the first that is found", () => {
    const thrown = new AggregateError([new Error("a"), new Error("b"), new Error("b")]);

    expect(lookAlong(thrown, { at: ({ message }: any) => message === "b" || undefined })).toBe(
      true,
    );
    expect(lookAlong(thrown, { at: () => undefined })).toBeUndefined();
  });

  it("asks what an AggregateError comes to, of one that is there twice as often", () => {
    const twice = new Error("b");
    const thrown = new AggregateError([new Error("a"), twice, twice]);

    const found = lookAlong(thrown, {
      at: ({ message }: any) => (message === "b" ? [message] : undefined),
      among: (each) => each.flat().map(String),
    });

    expect(found).toEqual(["undefined", "b", "b"]);
  });

  it("knows an AggregateError of the package of that name, which has a class of its own", () => {
    class Own extends Error {
      override readonly name = "AggregateError";
      readonly errors = [new Error("b")];
    }

    expect(seenAlong(new Own("a"))).toEqual(["a", "b"]);
    expect(seenAlong(Object.assign(new Error("a"), { errors: [new Error("b")] }))).toEqual(["a"]);
  });

  it("ends where causes go round, or never end", () => {
    const circle = new Error("a");
    circle.cause = circle;
    const endless = (): object => ({
      message: "a",
      get cause() {
        return endless();
      },
    });

    expect(seenAlong(circle)).toEqual(["a"]);
    expect(seenAlong(endless())).toHaveLength(100);
  });

  it("takes errors that are none for none", () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();

    for (const errors of [undefined, "text", { length: 1 }, proxy]) {
      const thrown = Object.assign(new AggregateError([], "a"), { errors });
      expect(seenAlong(thrown)).toEqual(["a"]);
    }
  });
});
