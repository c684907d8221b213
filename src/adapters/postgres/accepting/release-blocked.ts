import type { PostgresContext } from "../postgres-context.ts";
import { buryDoomed, type Doomed } from "./bury-doomed.ts";

const SLICE = 500;

/** Hands on what is free. @returns how many. */
export async function releaseBlocked(context: PostgresContext): Promise<number> {
  const { call, settings } = context;
  const { released, bury, now } = await call<{
    released: number;
    bury: readonly Doomed[];
    now: number;
  }>("release jobs", "release_1($1::int, $2::int, $3::float8)", [
    SLICE,
    settings.deadMaxJobs,
    settings.deadTimeout,
  ]);
  return released + (await buryDoomed(bury, now, context));
}
