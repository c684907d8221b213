import { Batch, Command, deferAll } from "mandate";
import { startWorker } from "mandate/worker";

const file = "rows.csv";
const files = ["a.ts", "b.ts"];

async function* rows(_file: string) {
  yield* [1, 2];
}

class ImportRow extends Command.initializeWith((row: number) => ({ row })) {
  call() {}
}

class ImportFile extends Command.initializeWith((file: string) => ({ file })) {
  async call() {
    await this.batch?.add(async () => {
      for await (const row of rows(this.file)) await ImportRow.defer(row);
    });
  }
}

class MarkImported extends Command.initializeWith((file: string) => ({ file })) {
  async call() {
    const status = await this.batch?.status();
    console.log(`${this.file}: ${status?.done} of ${status?.total}`);
  }
}

class Report extends Command.initializeWith((file: string) => ({ file })) {
  call() {}
}

class Alert extends Report {}

class Notify extends Command {
  call() {
    console.log("all came");
  }
}

class CountLines extends Command.initializeWith((file: string) => ({ file })) {
  static {
    this.keepResult("1 hour");
  }

  call() {
    return this.file.length;
  }
}

class SumUp extends Command {
  async call() {
    const counts = await this.prereqResults<(typeof CountLines)[]>();
    console.log(`${counts.reduce((sum, count) => sum + count, 0)} lines`);
  }
}

/** Works all there is off. */
const work = async () => (await startWorker()).drain();

const batch = await Batch.create(
  {
    description: `Import ${file}`,
    onSuccess: MarkImported.prepare(file),
    onComplete: Report.prepare(file),
    onDeath: Alert.prepare(file),
  },
  async () => {
    for await (const row of rows(file)) await ImportRow.defer(row);
  },
);
await batch.status(); // { total, pending, running, done, failed, dead, failures, completedAt, … }
await work();

const row = 3;
const open = await Batch.create({ keepOpen: true, onSuccess: Notify.prepare() });
await open.add(() => ImportRow.defer(row));
await open.close();
await work();

await Batch.create({ description: "Report" }, async () => {
  const counts = files.map((file) => CountLines.prepare(file));
  const report = SumUp.set({ prereqJobs: counts, prereqFailure: "cancel" }).prepare();
  await deferAll([...counts, report]);
});
await work();
const pictures = ImportFile.prepare("pictures.csv");
const text = ImportFile.prepare("text.csv");

class Publish extends Notify {}

class Settled extends Command {
  call() {}
}

const extras = Settled.set({ prereqJobs: [pictures] }).prepare(); // done, however the pictures end
const page = Publish.set({ prereqJobs: [text, extras], prereqFailure: "cancel" }).prepare();
await deferAll([pictures, text, extras, page]);
await work();

const more = await Batch.create({}, () => ImportFile.defer(file));
await work();
console.log((await more.status()).total);

// Output: rows.csv: 2 of 2
// Output: all came
// Output: 8 lines
// Output: all came
// Output: 3
