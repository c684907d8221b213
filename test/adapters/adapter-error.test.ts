import { describe, expect, it } from "vitest";
import { AdapterError, LeaseLostError } from "../../src/adapters/adapter-error.ts";
import { MandateError } from "../../src/support/errors.ts";

describe("AdapterError", () => {
  it("says what the store has for sure, and whether it may have more", () => {
    const cause = new Error("ECONNRESET");

    const error = new AdapterError("Cannot enqueue", {
      cause,
      accepted: ["a1"],
      maybeAccepted: true,
    });

    expect(error).toBeInstanceOf(MandateError);
    expect(error).toMatchObject({
      name: "AdapterError",
      code: "MANDATE_ADAPTER",
      accepted: ["a1"],
      maybeAccepted: true,
      cause,
    });
  });

  it("says of itself that nothing was accepted", () => {
    expect(new AdapterError("Cannot enqueue")).toMatchObject({
      accepted: [],
      maybeAccepted: false,
    });
  });
});

describe("LeaseLostError", () => {
  it("names the worker", () => {
    const error = new LeaseLostError("host:1:abc");

    expect(error).toMatchObject({
      name: "LeaseLostError",
      code: "MANDATE_LEASE_LOST",
      identity: "host:1:abc",
      message:
        'Cannot go on as worker "host:1:abc": its lease has ended, and its jobs go to others. ' +
        "Open a new lease under another identity",
    });
  });
});
