import type { BatchHappening } from "../../batches.ts";
import type { PostgresContext } from "../postgres-context.ts";
import { buryDoomed, type Doomed } from "./bury-doomed.ts";

const SLICE = 500;

/**
 * Hands on what is free.
 *
 * @param onBatch Told what has happened to batches.
 * @returns how many.
 */
export async function releaseBlocked(
  context: PostgresContext,
  onBatch: (happened: BatchHappening) => void = () => {},
): Promise<number> {
  const { call, settings } = context;
  const { released, bury, news, now } = await call<{
    released: number;
    bury: readonly Doomed[];
    news: readonly BatchHappening[];
    now: number;
  }>("release jobs", "release_1($1::int, $2::int, $3::float8)", [
    SLICE,
    settings.deadMaxJobs,
    settings.deadTimeout,
  ]);
  news.forEach((happened) => onBatch(happened));
  return released + (await buryDoomed(bury, now, context));
}
