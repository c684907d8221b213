import { Command, configure, currentJob, recurring, Schedule } from "mandate";
import { startWorker } from "mandate/worker";

export class SendDigest extends Command.initializeWith((kind = "daily") => ({ kind })) {
  static {
    this.recurring("every day at 8am Europe/Amsterdam");
    this.recurring("0 6 * * 1", { key: "weekly-digest", args: ["weekly"], overlap: "skip" });
  }

  call() {
    console.log(`The ${this.kind} digest`, currentJob()?.recurring?.key);
  }
}

class CloseMonth extends Command {
  call() {
    console.log("The month is closed");
  }
}

configure({
  timeZone: "Europe/Amsterdam",
  recurring: {
    "close-month": { command: CloseMonth, schedule: "every month on the last day at 18:00" },
    "test-digest": { command: SendDigest, schedule: "@hourly", args: ["test"], enabled: false },
  },
});

class Report extends Command.initializeWith((tenant: number) => ({ tenant })) {
  call() {
    console.log(`The report of tenant ${this.tenant}`);
  }
}

const tenant = 42;
await recurring.define("report-42", "every 15 minutes", Report.prepare(tenant), {
  description: "What tenant 42 has asked for",
  catchUp: "all",
});

const worker = await startWorker();
while ((await keys()).length < 5) await new Promise((resolve) => setTimeout(resolve, 20));
console.log((await keys()).join(", "));

const job = await recurring.job("report-42").read();
const [next] = job.nextRuns(5, new Date("2026-03-02T08:00:00Z"));
console.log(next?.toISOString(), job.scheduleInEnglish);

await recurring.job("report-42").pause(); // it stays so over deploys
await recurring.job("report-42").resume();
await recurring.job("report-42").update({ schedule: "every hour" });
await recurring.job("weekly-digest").runNow();
await worker.drain({ dueWithin: 0 });
await recurring.job("report-42").delete();

const schedule = Schedule.parse("every weekday at 9am", { timeZone: "Europe/Amsterdam" });
console.log(schedule.next(new Date("2026-03-27T12:00:00Z"))?.toISOString());

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const each of recurring.jobs()) found.push(each.key);
  return found.toSorted();
}

// Output:
// SendDigest, close-month, report-42, test-digest, weekly-digest
// 2026-03-02T08:15:00.000Z every 15 minutes Europe/Amsterdam
// The weekly digest weekly-digest
// 2026-03-30T07:00:00.000Z
