/**
 * What can be done from the dashboard. `queues.pause` and `recurring.pause` are the ends of pauses,
 * too; `audit.read` is to see the log of what was done.
 */
export type DashboardAction =
  | "jobs.retry"
  | "jobs.promote"
  | "jobs.kill"
  | "jobs.cancel"
  | "jobs.delete"
  | "queues.pause"
  | "queues.clear"
  | "processes.quiet"
  | "processes.stop"
  | "recurring.run"
  | "recurring.pause"
  | "batches.cancel"
  | "batches.retry"
  | "locks.release"
  | "audit.read";

/** Who somebody is, and what they may do. */
export interface Access {
  /** Whom the audit log names: a login, an address. */
  readonly actor: string;
  /**
   * `"read"` is to look at everything but the audit log; so is a list, and what it names besides.
   */
  readonly can: "all" | "read" | readonly DashboardAction[];
}

/** What `authorize` may want to know beside the request. */
export interface AccessInfo {
  /** The path within the dashboard: `"/queues"`. */
  readonly path: string;
  /** Whether the request is to change something. */
  readonly changes: boolean;
}

/**
 * Says who sends a request, and what they may do; `false` for nobody who may see anything, or an
 * answer of its own: to a login page, say.
 */
export type Authorize = (
  request: Request,
  info: AccessInfo,
) => Access | Response | false | Promise<Access | Response | false>;

export function may({ can }: Access, action: DashboardAction): boolean {
  return can === "all" || (can !== "read" && can.includes(action));
}

/** As it is, but to look only. */
export function readOnly({ actor, can }: Access): Access {
  const mayReadAudit = may({ actor, can }, "audit.read");
  return { actor, can: mayReadAudit ? ["audit.read"] : "read" };
}
