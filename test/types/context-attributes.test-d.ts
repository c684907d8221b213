import { configure, contextAttributes, type ContextAttributes } from "mandate";
import { describe, expectTypeOf, it } from "vitest";

interface User {
  readonly id: number;
}

const Current = contextAttributes<{ requestId: string; user: User }>("Current", {
  logged: ["requestId"],
  wireNames: { requestId: "request_id" },
});

describe("contextAttributes", () => {
  it("may each be undefined where they are read", () => {
    expectTypeOf(Current.attributes.requestId).toEqualTypeOf<string | undefined>();
    expectTypeOf(Current.attributes.user).toEqualTypeOf<User | undefined>();
    // @ts-expect-error there is no such attribute
    void Current.attributes.tenant;
    // @ts-expect-error they are set by run and set
    Current.attributes.requestId = "req-1";
  });

  it("are given some at a time", () => {
    Current.set({ requestId: "req-1" });
    Current.set({ user: undefined });
    // @ts-expect-error there is no such attribute
    Current.set({ tenant: 1 });
    // @ts-expect-error a request id is a string
    Current.set({ requestId: 1 });
  });

  it("hand back what the work of run returns", () => {
    expectTypeOf(Current.run({}, () => 5)).toEqualTypeOf<number>();
    expectTypeOf(Current.run({ user: { id: 1 } }, async () => "a")).toEqualTypeOf<
      Promise<string>
    >();
    // @ts-expect-error the work comes second
    void Current.run(() => 5);
  });

  it("are defined with names that exist", () => {
    // @ts-expect-error there is no such attribute
    contextAttributes<{ requestId: string }>("Current", { logged: ["request"] });
    // @ts-expect-error there is no such attribute
    contextAttributes<{ requestId: string }>("Current", { wireNames: { request: "request_id" } });
  });

  it("may be of any names and values where nothing is said", () => {
    expectTypeOf(contextAttributes("Any")).toEqualTypeOf<
      ContextAttributes<Record<string, unknown>>
    >();
  });

  it("are named by configure, each of its own type", () => {
    configure({ contextAttributes: [Current, contextAttributes<{ reason: string }>("Audit")] });
    // @ts-expect-error that is none
    configure({ contextAttributes: [{ requestId: "req-1" }] });
  });
});
