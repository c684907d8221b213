// What pages do beside what they do without it: they stay fresh, ask in a dialog, tick ranges, know keys.
import { confirmInDialogs } from "./dialogs.ts";
import { keys } from "./keys.ts";
import { live } from "./live.ts";
import { theme } from "./theme.ts";
import { ticks } from "./ticks.ts";

theme();
live();
ticks();
confirmInDialogs();
keys();
forgetWhatWasSaid();

/** What was done is said once: not again when the page is loaded anew, or its address sent on. */
function forgetWhatWasSaid(): void {
  const url = new URL(location.href);
  if (url.searchParams.has("said")) {
    url.searchParams.delete("said");
    history.replaceState(history.state, "", url);
  }
}
