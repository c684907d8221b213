import { bytes } from "../../support/wording.ts";
import type { Check, Finding } from "./finding.ts";

type Facts = Readonly<Record<string, string>>;

/** The share of its memory from which on a server is nearly full. */
const NEARLY_FULL = 0.8;

/** Version, eviction, memory, persistence and role of Redis. */
export const checkServer: Check = async ({ adapter }) => {
  const facts = await adapter.store.facts();
  if (facts["redis_version"] === undefined) {
    return [];
  }
  return [version(facts), eviction(facts), memory(facts), persistence(facts), role(facts)];
};

function version(facts: Facts): Finding {
  const number = facts["redis_version"] ?? "";
  const [major = 0, minor = 0] = number.split(".").map(Number);
  const check = "version";
  return major > 6 || (major === 6 && minor >= 2)
    ? { check, level: "ok", found: `Redis ${number}` }
    : { check, level: "wrong", found: `Redis ${number}`, todo: "Upgrade it to 6.2 or later" };
}

function eviction(facts: Facts): Finding {
  const policy = facts["maxmemory_policy"] ?? "unknown";
  const check = "eviction";
  return policy === "noeviction"
    ? { check, level: "ok", found: "nothing is deleted when memory is full" }
    : {
        check,
        level: "wrong",
        found: `maxmemory-policy is ${policy}: jobs are deleted when memory is full`,
        todo: "Set maxmemory-policy to noeviction; use another Redis for caches",
      };
}

function memory(facts: Facts): Finding {
  const [used, most] = [Number(facts["used_memory"] ?? 0), Number(facts["maxmemory"] ?? 0)];
  const check = "memory";
  const found = most === 0 ? `${bytes(used)} used` : `${bytes(used)} of ${bytes(most)} used`;
  return most > 0 && used > most * NEARLY_FULL
    ? { check, level: "wrong", found, todo: "Raise maxmemory, or work off what waits" }
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
    const todo = "Look at Redis's log and its disk";
    return { check, level: "wrong", found: `the last write of the ${what} failed`, todo };
  }
  if (isAppending) {
    return { check, level: "ok", found: `append-only file, fsync ${facts["appendfsync"] ?? "?"}` };
  }
  return facts["save"] === ""
    ? {
        check,
        level: "warning",
        found: "nothing is kept on disk: jobs end with the server",
        todo: "Set appendonly to yes",
      }
    : {
        check,
        level: "warning",
        found: "snapshots only: what came after the last one ends with the server",
        todo: "Set appendonly to yes",
      };
}

function role(facts: Facts): Finding {
  const { role: found = "master" } = facts;
  return found === "master"
    ? { check: "role", level: "ok", found: "it is the master" }
    : {
        check: "role",
        level: "wrong",
        found: "it is a replica, and takes no jobs",
        todo: "Name the master, or ask Sentinel for it",
      };
}
