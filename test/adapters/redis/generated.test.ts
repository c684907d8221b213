import { expect, it } from "vitest";
import { generated } from "../../../scripts/embed-lua.ts";
import { readFileSync } from "node:fs";

it("embeds the Lua scripts as they are: else run npm run embed-lua", () => {
  const file = new URL("../../../src/adapters/redis/scripts/generated.ts", import.meta.url);

  expect(readFileSync(file, "utf8")).toBe(generated());
});
