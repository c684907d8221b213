import type { Parameters } from "./parameters.ts";

/** Where a form goes back to: a path of the dashboard, whatever somebody wrote there. */
export function backOf(form: Parameters): string {
  const back = form.text("back");
  return /^\/(?![/\\])[^\\\s\p{Cc}]*$/u.test(back) ? back : "/";
}
