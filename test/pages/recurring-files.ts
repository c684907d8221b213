import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, recurring, registerCommands } from "mandate";
import { startWorker } from "mandate/worker";

class SendDigest extends Command.initializeWith((kind = "daily") => ({ kind })) {
  call() {
    console.log(`The ${this.kind} digest`);
  }
}

registerCommands(SendDigest);

const folder = mkdtempSync(join(tmpdir(), "recurring-"));
process.chdir(folder);
writeFileSync(
  "recurring.yml",
  `
production:
  test_digest:
    class: SendDigest
    args: [test]
    schedule: every hour
`,
);

const keys = await recurring.load("recurring.yml", { environment: "production" });
console.log(keys);

const worker = await startWorker();
while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 20));
console.log((await recurring.job("test_digest").read()).scheduleInEnglish);
await recurring.job("test_digest").runNow();
await worker.drain({ dueWithin: 0 });
rmSync(folder, { recursive: true });

async function isThere(): Promise<boolean> {
  for await (const { key } of recurring.jobs()) if (key === "test_digest") return true;
  return false;
}

// Output:
// [ 'test_digest' ]
// every hour
// The test digest
