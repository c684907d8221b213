import assert from "node:assert/strict";
import { deadSet, stats } from "mandate";
import type { MailServer } from "../services/mail-server.ts";
import { repository } from "../application/source-tree.ts";
import { indexedFolder, type Indexing } from "./index-half-way.ts";
import type { Killing } from "./killing.ts";
import { printChecks, type Checks } from "./print-checks.ts";

interface Witnesses {
  readonly killing: Killing;
  readonly indexing: Indexing;
  readonly mailServer: MailServer;
}

const checks: Checks<Witnesses> = {
  async "A worker was killed while it ran jobs"({ killing: { killed, lost } }) {
    assert.equal(await killed.exit, "SIGKILL");
    assert.ok(lost.length > 0, "it ran none");
    return `${lost.length}, after it had done ${killed.ended.length}`;
  },

  async "Another one took its jobs back, and each of them ran again"({ killing, indexing }) {
    const { survivor, lost, at } = killing;
    const workers = [survivor, indexing.killed, indexing.next];
    const recoveredAt = Math.min(...workers.map((each) => each.recoveredAt ?? Infinity));
    assert.ok(recoveredAt < Infinity, "nobody took any back");
    const again = new Set(survivor.ended.map(({ jid }) => jid));
    assert.deepEqual(
      lost.filter(({ jid }) => !again.has(jid)),
      [],
    );
    const seconds = ((recoveredAt - at) / 1000).toFixed(1);
    return `${lost.length} ran twice, from ${seconds} s after the kill on`;
  },

  async "The mail that had been sent when its worker died was sent again, and arrived once"({
    mailServer: { duplicates, mailbox },
  }) {
    assert.ok(duplicates.length > 0, "none came twice");
    for (const { to, id } of duplicates) {
      assert.equal(mailbox.filter((mail) => mail.to === to && mail.id === id).length, 1);
    }
    return `${duplicates.length} came twice`;
  },

  async "A job with steps went on behind its last checkpoint when its worker was killed half-way"({
    indexing: { job },
  }) {
    const { files, lines, doneBefore } = await job.result();
    const sources = await repository.files(indexedFolder);
    assert.equal(files, sources.length);
    assert.equal(
      lines,
      sources.reduce((sum, { code }) => sum + code.split("\n").length, 0),
    );
    assert.ok(doneBefore > 0, "it began anew");
    return `${doneBefore} of ${files} files were not gone through again`;
  },

  async "Nothing is left in Redis, and nothing is dead"() {
    const { enqueued, scheduled, retry, blocked, running } = await stats();
    const left = { enqueued, scheduled, retry, blocked, running, dead: await deadSet().size() };
    const nothing = { enqueued: 0, scheduled: 0, retry: 0, blocked: 0, running: 0, dead: 0 };
    assert.deepEqual(left, nothing);
  },

  async "The other worker stopped as it was told to"({ killing: { survivor } }) {
    assert.equal(await survivor.exit, 0);
  },
};

/** What must have happened to the jobs of the worker that was killed. */
export function allRecoveryChecksPass(witnesses: Witnesses): Promise<boolean> {
  return printChecks(checks, witnesses);
}
