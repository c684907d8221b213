import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { root, runNode, type ProgramResult } from "../repository/program.ts";

it("works under node --test, in a process that ends by itself", async () => {
  const { exit, stdout, stderr } = await nodeTest("passing.ts");

  expect(stderr).toBe("");
  expect(stdout).toContain("# pass 3\n# fail 0\n");
  expect(exit).toBe(0);
}, 60_000);

it("fails under node --test with what was enqueued instead, and what differs", async () => {
  const { exit, stdout } = await nodeTest("failing.ts");

  expect(exit).toBe(1);
  expect(stdout).toContain("# pass 0\n# fail 1\n");
  const text = stdout.replaceAll(/^ +/gm, "");
  expect(text).toContain(
    'Expected Welcome("Ada") to be enqueued, found another:\nWelcome("Grace") in queue "default"\n',
  );
  expect(text).toContain("expected:\ncommand: 'Welcome'\nargs:\n0: 'Ada'\n");
  expect(text).toContain("actual:\ncommand: 'Welcome'\nargs:\n0: 'Grace'\n");
}, 60_000);

/** Node's own test runner, on a file of the sources' language. */
function nodeTest(file: string): Promise<ProgramResult> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const path = fileURLToPath(new URL(`../fixtures/node-test/${file}`, import.meta.url));
  const flags = ["--import", tsx, "--test", "--test-reporter=tap"];
  return runNode([...flags, path], {
    env: { TSX_TSCONFIG_PATH: `${root}tsconfig.json`, NODE_TEST_CONTEXT: undefined },
    deadlineMs: 50_000,
  });
}
