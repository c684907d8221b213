import type { Logger } from "../../support/logger.ts";
import type { StoreSettings } from "../store-settings.ts";
import type { Reply } from "./connection/reply-reader.ts";
import type { Connection } from "./connection/connection.ts";
import type { Keys } from "./keys.ts";
import type { ScriptRunner } from "./scripts/script-runner.ts";
import type { Script } from "./scripts/script.ts";
import type { Owners } from "./payloads/owners.ts";

/** What the adapter's parts share: its names, and its connection for everything but exchanges. */
export interface RedisContext {
  readonly keys: Keys;
  readonly owners: Owners;
  readonly logger: Logger;
  readonly settings: StoreSettings;
  /** Seconds from one heartbeat of a Sidekiq process to the next. */
  readonly heartbeat: number;
  /** Not necessarily ready. */
  readonly connection: () => Connection | Promise<Connection>;
  readonly command: (name: string, ...args: readonly (string | number)[]) => Promise<Reply>;
  readonly run: <Input, Output>(script: Script<Input, Output>, input: Input) => Promise<Output>;
  /** Sends scripts over other connections. */
  readonly scripts: ScriptRunner;
}
