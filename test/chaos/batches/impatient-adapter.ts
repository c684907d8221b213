import { RedisAdapter, type RedisOptions } from "mandate/redis";

/** Seconds for which a batch is open without a word from whoever fills it. */
const OPEN_FOR = 2;

/** Redis, where a batch is closed soon after the process is gone that filled it. */
export function impatientAdapter(options: RedisOptions): RedisAdapter {
  const adapter = new RedisAdapter(options);
  const { batches } = adapter;
  const [open, renew] = [batches.open.bind(batches), batches.renew.bind(batches)];
  batches.open = (opening) => open({ ...opening, seconds: OPEN_FOR });
  batches.renew = (id) => renew(id, OPEN_FOR);
  return adapter;
}
