// This library on its memory adapter: the same commands, no Redis.
import { consoleLogger, MemoryAdapter } from "../../../dist/index.js";
import { openWith } from "./mandate.mjs";

export { settings, version } from "./mandate.mjs";

export function open() {
  const logger = consoleLogger({ level: "warn" });
  return openWith(new MemoryAdapter({ logger: { ...logger, warn() {} } }), logger);
}
