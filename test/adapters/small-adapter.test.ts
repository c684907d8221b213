import { adapterContract } from "mandate/adapter-contract";
import { expect, it } from "vitest";
import { codeBlocks } from "../repository/code-blocks.ts";
import { repositoryFiles } from "../repository/source-files.ts";
import { SmallAdapter } from "./small-adapter.ts";

adapterContract(
  "SmallAdapter",
  async () => {
    let now = 1_800_000_000;
    const adapter = new SmallAdapter(() => now);
    return {
      adapter,
      tick: 1,
      connect: async () => adapter,
      elapse: async (seconds) => {
        now += seconds;
      },
      dispose: () => adapter.close(),
    };
  },
  { parts: ["fetch", "settle", "promote"] },
);

it("is what docs/adapters.md shows", () => {
  const [program, guide] = ["test/adapters/small-adapter.ts", "docs/adapters.md"].map(
    (path) => repositoryFiles(path)[0],
  );

  const shown = codeBlocks(guide!).map(({ code }) => code.trim());

  expect(shown).toContain(program!.text.trim());
});
