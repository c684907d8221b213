import { describe, expect, it } from "vitest";
import { serverFindings } from "../../../../src/adapters/redis/connection/server-findings.ts";

const WELL = {
  redis_version: "7.0.15",
  maxmemory_policy: "noeviction",
  used_memory: "1048576",
  maxmemory: "0",
  aof_enabled: "1",
  aof_last_write_status: "ok",
  appendfsync: "everysec",
  role: "master",
};

function shown(changes: Readonly<Record<string, string>> = {}): string[] {
  return serverFindings({ ...WELL, ...changes }).map(
    ({ check, level, problem, found }) => `${check} ${level} ${problem ?? "-"}: ${found}`,
  );
}

describe("serverFindings", () => {
  it("has nothing to say against a server as it should be", () => {
    expect(shown()).toEqual([
      "version ok -: Redis 7.0.15",
      "eviction ok -: nothing is deleted when memory is full",
      "memory ok -: 1.0 MB used",
      "persistence ok -: append-only file, fsync everysec",
      "role ok -: it is the master",
    ]);
  });

  it.each([
    [{ redis_version: "6.0.16" }, "version wrong redis-too-old: Redis 6.0.16"],
    [
      { maxmemory_policy: "allkeys-lru" },
      "eviction wrong redis-evicts: maxmemory-policy is allkeys-lru: jobs are deleted when memory is full",
    ],
    [{ maxmemory: "1100000" }, "memory wrong redis-nearly-full: 1.0 MB of 1.0 MB used"],
    [
      { aof_last_write_status: "err" },
      "persistence wrong redis-cannot-write: the last write of the append-only file failed",
    ],
    [
      { aof_enabled: "0", rdb_last_bgsave_status: "err" },
      "persistence wrong redis-cannot-write: the last write of the snapshot failed",
    ],
    [
      { aof_enabled: "0", rdb_last_bgsave_status: "ok", save: "" },
      "persistence warning redis-may-forget: nothing is kept on disk: jobs end with the server",
    ],
    [
      { aof_enabled: "0", rdb_last_bgsave_status: "ok" },
      "persistence warning redis-may-forget: snapshots only: what came after the last one ends with the server",
    ],
    [{ role: "slave" }, "role wrong redis-replica: it is a replica, and takes no jobs"],
  ])("finds %j", (changes, finding) => {
    expect(shown(changes)).toContain(finding);
  });

  it("says what to do wherever something is not as it should be", () => {
    const findings = serverFindings({ maxmemory_policy: "volatile-ttl", role: "slave" });

    const bad = findings.filter(({ level }) => level !== "ok");
    expect(bad.map(({ todo }) => todo)).toEqual([
      "Upgrade it to 6.2 or later",
      "Set maxmemory-policy to noeviction; use another Redis for caches",
      "Look at Redis's log and its disk",
      "Name the master, or ask Sentinel for it",
    ]);
  });
});
