import { AsyncResource } from "node:async_hooks";
import { describe, expect, it } from "vitest";
import { inScope, openScopes, scopedMode, type Scope } from "../../src/testing/scope.ts";

describe("a scope", () => {
  it("is where its block runs, the innermost first", async () => {
    const seen = await inScope("disable", (outer) =>
      inScope(undefined, async (inner) => {
        await Promise.resolve();
        return { scopes: openScopes(), wanted: [inner, outer], mode: scopedMode() };
      }),
    );

    expect(seen.scopes).toEqual(seen.wanted);
    expect(seen.mode).toBe("disable");
    expect(openScopes()).toEqual([]);
  });

  it("gives the innermost mode", async () => {
    const mode = await inScope("disable", () => inScope("fake", () => scopedMode()));

    expect(mode).toBe("fake");
  });

  it("is closed when its block has failed", async () => {
    const failing = inScope("fake", () => Promise.reject(new Error("no")));

    await expect(failing).rejects.toThrow("no");
    expect(openScopes()).toEqual([]);
  });

  it("is not for what runs beside it in another", async () => {
    const seen: (readonly Scope[])[] = [];
    const look = async (scope: Scope) => {
      await Promise.resolve();
      seen.push(openScopes());
      return scope;
    };

    const scopes = await Promise.all([inScope(undefined, look), inScope(undefined, look)]);

    expect(seen).toEqual(scopes.map((scope) => [scope]));
  });

  it("is for what comes from outside of all, such as a connection made before", async () => {
    const outside = new AsyncResource("connection");

    const seen = await inScope(undefined, (first) =>
      inScope(undefined, (second) => ({
        scopes: outside.runInAsyncScope(openScopes),
        wanted: [second, first],
      })),
    );

    expect(seen.scopes).toEqual(seen.wanted);
  });

  it("is for what comes from one that is closed", async () => {
    const stale = await inScope("disable", () => new AsyncResource("connection"));

    const [seen, wanted] = await inScope(undefined, (scope) => [
      stale.runInAsyncScope(openScopes),
      [scope],
    ]);

    expect(seen).toEqual(wanted);
    expect(stale.runInAsyncScope(scopedMode)).toBeUndefined();
  });
});
