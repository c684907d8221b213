// graphile-worker as it is by default: each job is fetched and completed by itself.
import { openWith } from "./graphile-worker.mjs";

export { version } from "./graphile-worker.mjs";
export const settings = "Postgres without fsync, defaults";

/** @param {{ postgres: string }} options */
export function open({ postgres }) {
  return openWith(postgres, {});
}
