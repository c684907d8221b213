import { styleText } from "node:util";

/** What each finds out, by what it is called. It may return what is worth saying besides. */
export type Checks<Witnesses> = Readonly<
  Record<string, (witnesses: Witnesses) => Promise<string | void>>
>;

/** Prints a line for each check. Resolves to whether all passed. */
export async function printChecks<Witnesses>(
  checks: Checks<Witnesses>,
  witnesses: Witnesses,
): Promise<boolean> {
  let passed = true;
  console.log();
  for (const [text, check] of Object.entries(checks)) {
    try {
      const found = await check(witnesses);
      console.log(styleText("green", `✓ ${text}${found ? `: ${found}` : ""}`));
    } catch (error) {
      passed = false;
      console.log(styleText("red", `✗ ${text}\n${String(error).replace(/^/gm, "  ")}`));
    }
  }
  return passed;
}
