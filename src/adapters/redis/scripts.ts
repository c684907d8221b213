import { lua } from "./scripts/generated.ts";
import { script, type Script } from "./script.ts";

export const enqueueScript: Script = script("enqueue", lua.enqueue);
export const exchangeScript: Script = script("exchange", lua.exchange);
export const openLeaseScript: Script = script("open-lease", lua["open-lease"]);
export const renewLeaseScript: Script = script("renew-lease", lua["renew-lease"]);
export const closeLeaseScript: Script = script("close-lease", lua["close-lease"]);
export const adoptScript: Script = script("adopt", lua.adopt);
export const expiredScript: Script = script("expired", lua.expired);
export const recoverScript: Script = script("recover", lua.recover);
export const dueScript: Script = script("due", lua.due);
export const promoteScript: Script = script("promote", lua.promote);
export const releaseScript: Script = script("release", lua.release);
export const buryScript: Script = script("bury", lua.bury);
export const removeScript: Script = script("remove", lua.remove);
export const overdueDeadScript: Script = script("overdue-dead", lua["overdue-dead"]);
