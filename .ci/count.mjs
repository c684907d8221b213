// node count.mjs <folder of Vitest's JSON reports and exit codes> <failed steps of another kind>
// Prints "N passed, N failed, N skipped" and exits non-zero unless all that ran passed.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [folder = "", broken = "0"] = process.argv.slice(2);
const total = { passed: 0, failed: Number(broken), skipped: 0 };

for (const name of readdirSync(folder).filter((file) => file.endsWith(".status"))) {
  const status = Number(readFileSync(join(folder, name), "utf8"));
  const { passed, failed, skipped } = count(join(folder, name.replace(".status", ".json")));
  total.passed += passed;
  // A run that ended badly without a failed test: an error outside of tests, or no report at all.
  total.failed += status !== 0 && failed === 0 ? 1 : failed;
  total.skipped += skipped;
}
if (total.passed === 0) total.failed = Math.max(total.failed, 1);

console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;

function count(report) {
  if (!existsSync(report)) return { passed: 0, failed: 0, skipped: 0 };
  const { testResults } = JSON.parse(readFileSync(report, "utf8"));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const withStatus = (...wanted) => tests.filter(({ status }) => wanted.includes(status)).length;
  const unloadable = testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  return {
    passed: withStatus("passed"),
    failed: withStatus("failed") + unloadable.length,
    skipped: withStatus("skipped", "pending", "todo", "disabled"),
  };
}
