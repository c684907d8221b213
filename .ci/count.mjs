// node count.mjs <folder of Vitest's JSON reports, exit codes and steps' output> [failed steps of another kind...]
// Prints what failed and why, then "N passed, N failed, N skipped"; exits non-zero unless all that ran passed.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const [folder = "", ...steps] = process.argv.slice(2);
const failures = steps.map((step) => `step: ${step}\n${endOf(join(folder, `${step}.txt`))}`);
const total = { passed: 0, skipped: 0 };

for (const name of readdirSync(folder).filter((file) => file.endsWith(".status"))) {
  const status = Number(readFileSync(join(folder, name), "utf8"));
  const run = name.replace(".status", "");
  const { passed, failed, skipped } = read(join(folder, `${run}.json`));
  total.passed += passed;
  total.skipped += skipped;
  // A run that ended badly without a failed test: an error outside of tests, or no report at all.
  if (status !== 0 && failed.length === 0)
    failed.push(`exit code ${status}, and no test failed\n${errorsOf(join(folder, `${run}.txt`))}`);
  failures.push(...failed.map((failure) => `${run}: ${failure}`));
}
if (total.passed === 0 && failures.length === 0) failures.push("no test ran");

for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`${total.passed} passed, ${failures.length} failed, ${total.skipped} skipped`);
process.exitCode = failures.length > 0 ? 1 : 0;

function read(report) {
  if (!existsSync(report)) return { passed: 0, failed: [], skipped: 0 };
  const { testResults } = JSON.parse(readFileSync(report, "utf8"));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const withStatus = (...wanted) => tests.filter(({ status }) => wanted.includes(status)).length;
  return {
    passed: withStatus("passed"),
    failed: testResults.flatMap(failuresOf),
    skipped: withStatus("skipped", "pending", "todo", "disabled"),
  };
}

function endOf(output) {
  const lines = readFileSync(output, "utf8").trimEnd().split("\n");
  return indented(lines.slice(-30).join("\n"));
}

// What Vitest says of errors outside of tests, or, where it says nothing, how its output ends.
function errorsOf(output) {
  const text = readFileSync(output, "utf8");
  const start = text.indexOf("Unhandled Errors");
  return start === -1 ? endOf(output) : indented(text.slice(start));
}

// A file that cannot be loaded has no test that failed, and counts as one.
function failuresOf({ name, status, message, assertionResults }) {
  const file = relative(process.cwd(), name);
  const failed = assertionResults.filter((test) => test.status === "failed");
  if (status === "failed" && failed.length === 0) return [`${file}\n${indented(message)}`];
  return failed.map(
    (test) => `${file} > ${test.fullName}\n${indented(test.failureMessages.join("\n"))}`,
  );
}

// The first lines hold the message and where it was thrown.
function indented(text) {
  return text
    .split("\n")
    .slice(0, 30)
    .map((line) => `  ${line}`)
    .join("\n");
}
