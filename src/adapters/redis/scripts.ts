import { lua } from "./scripts/generated.ts";
import { script } from "./script.ts";

export const enqueueScript = script("enqueue", lua.enqueue);
export const exchangeScript = script("exchange", lua.exchange);
export const openLeaseScript = script("open-lease", lua["open-lease"]);
export const renewLeaseScript = script("renew-lease", lua["renew-lease"]);
export const closeLeaseScript = script("close-lease", lua["close-lease"]);
export const adoptScript = script("adopt", lua.adopt);
export const expiredScript = script("expired", lua.expired);
export const recoverScript = script("recover", lua.recover);
export const dueScript = script("due", lua.due);
export const promoteScript = script("promote", lua.promote);
export const releaseScript = script("release", lua.release);
export const buryScript = script("bury", lua.bury);
export const removeScript = script("remove", lua.remove);
export const overdueDeadScript = script("overdue-dead", lua["overdue-dead"]);
