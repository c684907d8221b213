import { randomUUID } from "node:crypto";
import { writeAudit, type AuditEntry } from "../../inspection/audit.ts";
import type { Outcome } from "../page.ts";
import { Refusal } from "../request/refusal.ts";
import type { Visit } from "../request/visit.ts";
import type { DashboardAction } from "../security/access.ts";

interface Deed {
  readonly action: DashboardAction;
  /** To what, without arguments. */
  readonly subject: string;
}

/**
 * Does something if it may be done, with an entry in the log that is there before: what was refused
 * and what failed is in it, too.
 *
 * @throws {Refusal} if it may not.
 */
export async function audited(
  visit: Visit,
  { action, subject }: Deed,
  act: () => Promise<Outcome>,
): Promise<Outcome> {
  const entry: AuditEntry = {
    id: randomUUID(),
    at: new Date(visit.snapshot.at * 1000).toISOString(),
    actor: visit.access.actor,
    action,
    subject,
    outcome: "begun",
  };
  if (!visit.may(action)) {
    await write(visit, { ...entry, outcome: "refused" });
    throw new Refusal(403, "notAllowed", action);
  }
  await write(visit, entry);
  try {
    const outcome = await act();
    const { done } = outcome.data;
    const count = typeof done === "number" ? done : undefined;
    await write(visit, { ...entry, outcome: "done", ...(count !== undefined && { count }) });
    return outcome;
  } catch (error) {
    await write(visit, { ...entry, outcome: "failed" });
    throw error;
  } finally {
    visit.shared.forget();
  }
}

async function write({ site, adapter }: Visit, entry: AuditEntry): Promise<void> {
  site.options.onAction?.(entry);
  await writeAudit(entry, adapter);
}
