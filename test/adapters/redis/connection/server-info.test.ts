import { describe, expect, it } from "vitest";
import { checkServer } from "../../../../src/adapters/redis/connection/server-info.ts";
import { ConfigurationError } from "../../../../src/support/errors.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { Log } from "../../../worker/log.ts";

describe("checkServer", () => {
  it.each(["6.0.16", "5.0.7", "4.0.9"])("refuses Redis %s, with the version needed", (version) => {
    const check = (): void => checkServer(info({ version }), silentLogger);

    expect(check).toThrow(ConfigurationError);
    expect(check).toThrow(
      `Cannot work on this Redis: it is version ${version}, and 6.2 or later is needed. Upgrade it`,
    );
  });

  it.each(["6.2.0", "7.0.15", "8.2.1", "10.0.0"])("takes Redis %s", (version) => {
    const log = new Log();

    checkServer(info({ version }), log);

    expect(log.troubles).toEqual([]);
  });

  it("takes a server that does not say what it is", () => {
    expect(() => checkServer("", silentLogger)).not.toThrow();
  });

  it("warns of a server that deletes keys when it is full", () => {
    const log = new Log();

    checkServer(info({ policy: "allkeys-lru" }), log);

    expect(log.troubles).toEqual([
      "Redis deletes keys when its memory is full, and jobs with them: its maxmemory-policy is " +
        '"allkeys-lru". Set it to noeviction',
    ]);
  });
});

function info({ version = "7.0.15", policy = "noeviction" }): string {
  return `# Server\r\nredis_version:${version}\r\n# Memory\r\nmaxmemory_policy:${policy}\r\n`;
}
