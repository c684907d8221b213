import { bytes } from "../../../support/wording.ts";
import type { Finding } from "../../finding.ts";
import { isTooOld, OLDEST } from "./server-info.ts";

type Facts = Readonly<Record<string, string>>;

/** The share of its memory from which on a server is nearly full. */
const NEARLY_FULL = 0.8;

/**
 * Version, eviction, memory, persistence and role of a server. @param facts What it says of itself.
 */
export function serverFindings(facts: Facts): readonly Finding[] {
  return [version(facts), eviction(facts), memory(facts), persistence(facts), role(facts)];
}

function version(facts: Facts): Finding {
  const number = facts["redis_version"] ?? "";
  const finding = { check: "version", found: `Redis ${number}` };
  return isTooOld(number)
    ? {
        ...finding,
        level: "wrong",
        problem: "redis-too-old",
        todo: `Upgrade it to ${OLDEST.join(".")} or later`,
      }
    : { ...finding, level: "ok" };
}

function eviction(facts: Facts): Finding {
  const policy = facts["maxmemory_policy"] ?? "unknown";
  const check = "eviction";
  return policy === "noeviction"
    ? { check, level: "ok", found: "nothing is deleted when memory is full" }
    : {
        check,
        level: "wrong",
        problem: "redis-evicts",
        found: `maxmemory-policy is ${policy}: jobs are deleted when memory is full`,
        todo: "Set maxmemory-policy to noeviction; use another Redis for caches",
      };
}

function memory(facts: Facts): Finding {
  const [used, most] = [Number(facts["used_memory"] ?? 0), Number(facts["maxmemory"] ?? 0)];
  const check = "memory";
  const found = most === 0 ? `${bytes(used)} used` : `${bytes(used)} of ${bytes(most)} used`;
  return most > 0 && used > most * NEARLY_FULL
    ? {
        check,
        level: "wrong",
        problem: "redis-nearly-full",
        found,
        todo: "Raise maxmemory, or work off what waits",
      }
    : { check, level: "ok", found };
}

function persistence(facts: Facts): Finding {
  const check = "persistence";
  const isAppending = facts["aof_enabled"] === "1";
  const failed = isAppending
    ? facts["aof_last_write_status"] !== "ok"
    : facts["rdb_last_bgsave_status"] !== "ok";
  if (failed) {
    const what = isAppending ? "append-only file" : "snapshot";
    return {
      check,
      level: "wrong",
      problem: "redis-cannot-write",
      found: `the last write of the ${what} failed`,
      todo: "Look at Redis's log and its disk",
    };
  }
  if (isAppending) {
    return { check, level: "ok", found: `append-only file, fsync ${facts["appendfsync"] ?? "?"}` };
  }
  return {
    check,
    level: "warning",
    problem: "redis-may-forget",
    found:
      facts["save"] === ""
        ? "nothing is kept on disk: jobs end with the server"
        : "snapshots only: what came after the last one ends with the server",
    todo: "Set appendonly to yes",
  };
}

function role(facts: Facts): Finding {
  const check = "role";
  return (facts["role"] ?? "master") === "master"
    ? { check, level: "ok", found: "it is the master" }
    : {
        check,
        level: "wrong",
        problem: "redis-replica",
        found: "it is a replica, and takes no jobs",
        todo: "Name the master, or ask Sentinel for it",
      };
}
