import { isReadable, keyNameIn } from "../../encryption/cipher.ts";
import { encryptionSettings } from "../../encryption/encryption-settings.ts";
import { countOf } from "../../support/wording.ts";
import { JobSet } from "../lists/job-set.ts";
import { queues } from "../lists/queue.ts";
import { firstOf, until, type Check } from "./examination.ts";

/** Jobs whose arguments nobody here can read. */
export const checkEncryption: Check = async ({ adapter, knowsClasses, signal }) => {
  const check = "encryption";
  const missing = new Map<string, number>();
  let count = 0;
  const sets = (["retry", "scheduled", "blocked", "dead"] as const).map(
    (set) => new JobSet(adapter, set),
  );
  for (const list of [...(await queues(adapter)), ...sets]) {
    for await (const { record } of firstOf(list.each({}, until(signal)))) {
      const encrypted: unknown = record?.encrypted;
      const name = keyNameIn(encrypted);
      if (name !== undefined) {
        count += 1;
        if (!isReadable(encrypted as string, encryptionSettings.keyring)) {
          missing.set(name, (missing.get(name) ?? 0) + 1);
        }
      }
    }
  }
  if (count === 0) {
    return [];
  }
  if (!knowsClasses && encryptionSettings.keyring === undefined) {
    return [{ check, level: "ok", found: "not compared: no keys were loaded" }];
  }
  return missing.size === 0
    ? [
        {
          check,
          level: "ok",
          found: `${countOf(count, "encrypted job")} looked at, each has its key here`,
        },
      ]
    : [...missing].map(([name, jobs]) => ({
        check,
        level: "wrong",
        problem: "encryption-key-missing",
        found: `${countOf(jobs, "job")} encrypted with key "${name}", which is not here, or another`,
        todo: "Workers retry them until it is: add it to keys in configure({ encryption: … })",
        jobs,
      }));
};
