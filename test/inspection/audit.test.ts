import { auditLog, type AuditEntry } from "mandate";
import { expect, it } from "vitest";
import { writeAudit } from "../../src/inspection/audit.ts";
import { onEachStore } from "./on-each-store.ts";

function entryOf(number: number, given: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: `entry-${number}`,
    at: "2026-11-28T10:00:00.000Z",
    actor: "ops",
    action: "queues.pause",
    subject: `queue ${number}`,
    outcome: "begun",
    ...given,
  };
}

onEachStore("auditLog", (store) => {
  it("has what was begun, and then what came of it, the latest first", async () => {
    await writeAudit(entryOf(1), store.adapter);
    await writeAudit(entryOf(2), store.adapter);
    await writeAudit(entryOf(1, { outcome: "done", count: 3 }), store.adapter);

    expect((await auditLog()).map(({ id, outcome, count }) => [id, outcome, count])).toEqual([
      ["entry-2", "begun", undefined],
      ["entry-1", "done", 3],
    ]);
    expect(await auditLog({ limit: 1 })).toHaveLength(1);
  });

  it("keeps the end of what was begun in the part before, and loses nothing written at once", async () => {
    await writeAudit(entryOf(0), store.adapter);
    for (let from = 1; from < 60; from += 4) {
      await Promise.all(
        [0, 1, 2, 3].map((next) => writeAudit(entryOf(from + next), store.adapter)),
      );
    }
    await writeAudit(entryOf(59, { outcome: "failed" }), store.adapter);

    const entries = await auditLog();
    expect(new Set(entries.map(({ id }) => id)).size).toBe(61);
    expect(entries.find(({ id }) => id === "entry-59")?.outcome).toBe("failed");
  });

  it("cuts what is too long", async () => {
    await writeAudit(entryOf(1, { subject: "x".repeat(1_000) }), store.adapter);

    expect((await auditLog())[0]?.subject).toBe(`${"x".repeat(200)}…`);
  });
});
