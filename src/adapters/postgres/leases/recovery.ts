import { buriedAsLost } from "../../bury.ts";
import type { Recovery } from "../../recovery.ts";
import type { PostgresContext } from "../postgres-context.ts";

interface DeadLease {
  readonly id: number;
  readonly identity: string;
  readonly recovered: number;
  readonly lost: readonly {
    readonly jid: string;
    readonly run: number;
    readonly queue: string;
    readonly payload: string;
  }[];
}

/** Gives back what dead workers held, and buries what was lost too often. */
export async function recoverLeases(context: PostgresContext): Promise<readonly Recovery[]> {
  const { call, settings } = context;
  const { leases, now = 0 } = await call<{ leases: readonly DeadLease[]; now?: number }>(
    "recover jobs",
    "recover_1()",
  );
  const recoveries: Recovery[] = [];
  for (const { id, identity, recovered, lost } of leases) {
    const stamp = settings.timestamp(now);
    const payloads = lost.map(({ jid, run, queue, payload }) => ({
      jid,
      run,
      payload: buriedAsLost({ jid, queue, payload, stamp }),
    }));
    const { buried } =
      lost.length === 0
        ? { buried: [] }
        : await call<{ buried: readonly string[] }>(
            "bury jobs",
            "bury_lost_1($1::int, $2::text, $3::int, $4::float8)",
            [id, JSON.stringify(payloads), settings.deadMaxJobs, settings.deadTimeout],
          );
    if (recovered > 0 || buried.length > 0) {
      recoveries.push({ identity, recovered, buried });
    }
  }
  return recoveries;
}
