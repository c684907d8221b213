import { describe, expect, it, onTestFinished, vi } from "vitest";
import { findParent, PROCESS_VARIABLE } from "../../src/cli/parent.ts";

describe("findParent", () => {
  it("finds none where no supervisor started the process", () => {
    vi.stubEnv(PROCESS_VARIABLE, undefined);
    onTestFinished(() => void vi.unstubAllEnvs());

    expect(findParent(1, () => undefined)).toBeUndefined();
  });

  it("refuses to work for a supervisor that is gone already", () => {
    vi.stubEnv(PROCESS_VARIABLE, "2");
    // What it is in a process whose parent has died.
    const connected = Object.getOwnPropertyDescriptor(process, "connected");
    Object.defineProperty(process, "connected", { value: false, configurable: true });
    onTestFinished(() => {
      vi.unstubAllEnvs();
      Object.defineProperty(process, "connected", connected ?? { value: undefined });
    });

    expect(() => findParent(1, () => undefined)).toThrow(
      expect.objectContaining({
        name: "SupervisorGoneError",
        code: "MANDATE_SUPERVISOR_GONE",
        message: "Cannot work: the supervisor that started this process is gone",
      }),
    );
  });
});
