import { AsyncLocalStorage } from "node:async_hooks";
import { shared } from "../../../support/shared-state.ts";
import { AdapterError } from "../../adapter-error.ts";
import { openTransaction } from "./open-transaction.ts";

/** A run that a lease of this process holds. */
export interface HeldRun {
  readonly run: number;
  readonly by: RunHolder;
}

/** A lease that holds runs. */
export interface RunHolder {
  /** The function's name, with its schema. */
  readonly complete: string;
  /** A run is settled by more than its removal then. */
  onCompleted(run: number): void;
}

/** By jid. */
const runs: Map<string, HeldRun> = shared("postgres-runs", () => new Map<string, HeldRun>());

/**
 * What surrounds a running job: a store knows nothing of jobs but where they say which one runs.
 */
interface Surroundings {
  readonly job?: { readonly job: { readonly id: string } } | undefined;
}

function runningJid(): string | undefined {
  const storage = shared("surroundings", () => new AsyncLocalStorage<Surroundings>());
  return storage.getStore()?.job?.job.id;
}

/** The runs that leases of this process hold, by jid. */
export function heldRuns(): Map<string, HeldRun> {
  return runs;
}

/**
 * Makes the end of a running job part of a transaction of the application's, in the same database:
 * what the job did there, and that it is done, are committed together. However often a job runs,
 * one of its transactions at most is committed.
 *
 * @example
 * ```ts
 * import type { Pool } from "pg";
 * import { Command } from "mandate";
 * import { completeWithin } from "mandate/postgres";
 *
 * declare const pool: Pool;
 *
 * class Count extends Command {
 *   async call() {
 *     const client = await pool.connect();
 *     try {
 *       await client.query("BEGIN");
 *       await client.query("UPDATE counter SET value = value + 1");
 *       await completeWithin(client);
 *       await client.query("COMMIT");
 *     } finally {
 *       client.release();
 *     }
 *   }
 * }
 * ```
 *
 * @param tx As for `deferWithin`.
 * @param jid Another's than the running job's.
 * @throws {AdapterError} if the job runs no longer in the name of this process, or another run of
 *   it was committed: the transaction has to be rolled back.
 * @throws {TypeError} if `tx` is no transaction that is known, or is not open.
 */
export async function completeWithin(
  tx: unknown,
  jid: string | undefined = runningJid(),
): Promise<void> {
  if (jid === undefined) {
    throw new AdapterError(
      "Cannot complete a job within this transaction: no job runs here. Call it in a job's call()",
    );
  }
  const transaction = openTransaction(tx);
  const held = runs.get(jid);
  const [row] =
    held === undefined
      ? []
      : await transaction.query(`SELECT ${held.by.complete}($1::text, $2::bigint) AS done`, [
          jid,
          held.run,
        ]);
  if (held === undefined || Number(row?.["done"]) !== 1) {
    throw new AdapterError(
      `Cannot complete job ${jid} within this transaction: no worker of this process holds it in Postgres. Roll it back`,
    );
  }
  held.by.onCompleted(held.run);
}
