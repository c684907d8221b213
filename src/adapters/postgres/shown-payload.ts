import { appendField } from "../payload.ts";
import type { StoreSettings } from "../store-settings.ts";

/** A payload as it is handed out: a row keeps when it was enqueued beside it. */
export function shownPayload(
  payload: unknown,
  enqueuedAt: unknown,
  settings: StoreSettings,
): string {
  const text = payload as string;
  return enqueuedAt == null
    ? text
    : appendField(text, "enqueued_at", JSON.stringify(settings.timestamp(Number(enqueuedAt))));
}
