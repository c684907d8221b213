import { describe, expect, it, vi } from "vitest";
import { allChecksPass } from "../../../commands-example/scenario/checks.ts";
import { useAcademy } from "../academy.ts";

const { database, mailServer, profileService } = await useAcademy();

describe("allChecksPass", () => {
  it("finds nothing right where nothing has happened", async () => {
    using log = vi.spyOn(console, "log").mockReturnValue();

    const passed = await allChecksPass({ database, mailServer, profileService });

    expect(passed).toBe(false);
    expect(log.mock.calls.flat().filter((line) => !line.startsWith("✗"))).toEqual([]);
  });
});
