import assert from "node:assert/strict";
import { type Adapter, Batch, deferAll } from "mandate";
import { repository } from "../application/source-tree.ts";
import { AnnounceImport } from "../commands/import/announce-import.ts";
import { MeasureFile } from "../commands/import/measure-file.ts";
import { ReportMeasures } from "../commands/import/report-measures.ts";
import { noJobsLeft } from "./no-jobs-left.ts";

export const importedFolder = "commands-example/scenario";

/**
 * Imports a folder of the repository: a batch of its files, a report behind them, and a mail at the
 * end.
 */
export async function importSources(adapter: Adapter): Promise<void> {
  const files = await repository.files(importedFolder);
  const measured = files.map(({ path }) => MeasureFile.prepare(path));
  const report = ReportMeasures.set({ prereqJobs: measured, prereqFailure: "cancel" }).prepare();

  const batch = await Batch.create(
    {
      description: `Import ${importedFolder}`,
      onSuccess: AnnounceImport.prepare(importedFolder),
    },
    () => deferAll([...measured, report]),
  );
  await batch.completed({ timeout: "1 minute" });
  await noJobsLeft(adapter);

  const lines = files.reduce((sum, { code }) => sum + code.split("\n").length, 0);
  assert.deepEqual(await report.result(), { files: files.length, lines });
  const { done, succeededAt } = await batch.status();
  assert.equal(done, files.length + 1);
  assert.ok(succeededAt, "the import was no success");
}
