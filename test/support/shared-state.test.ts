import { describe, expect, it, vi } from "vitest";
import { shared } from "../../src/support/shared-state.ts";

describe("shared", () => {
  it("creates the state once", () => {
    const create = vi.fn<() => { count: number }>(() => ({ count: 0 }));

    const first = shared("test.once", create);
    const second = shared("test.once", create);

    expect(second).toBe(first);
    expect(create).toHaveBeenCalledOnce();
  });

  it("keeps apart what has another name", () => {
    expect(shared("test.one", () => ({}))).not.toBe(shared("test.other", () => ({})));
  });

  it("is one for all copies of the package", async () => {
    const state = shared("test.copies", () => ({ from: "this copy" }));
    vi.resetModules();
    const otherCopy = await import("../../src/support/shared-state.ts");

    expect(otherCopy.shared).not.toBe(shared);
    expect(otherCopy.shared("test.copies", () => ({ from: "another copy" }))).toBe(state);
  });

  it("cannot be seen by walking globalThis", () => {
    shared("test.hidden", () => ({}));

    expect(Object.keys(globalThis).filter((key) => key.includes("mandate"))).toEqual([]);
    expect(
      Object.getOwnPropertyDescriptor(globalThis, Symbol.for("mandate.test.hidden")),
    ).toMatchObject({
      enumerable: false,
      writable: false,
    });
  });
});
