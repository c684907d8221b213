import { ConfigurationError } from "../support/errors.ts";
import { shared } from "../support/shared-state.ts";
import type { GlobalIdVerifier } from "./global-id-verifier.ts";
import { isAppName } from "./uri.ts";

/** What `configure` sets for global ids. */
export interface GlobalIdSettings {
  /** The first part of each new global id. */
  appName: string;
  /** Whether another class of the same name replaces the first one, instead of an error. */
  reloading: boolean;
  /** Signs and verifies signed global ids; `undefined` where no secret was given. */
  verifier: GlobalIdVerifier | undefined;
}

export const globalIdSettings: GlobalIdSettings = shared("global-id-settings", () => {
  let appName = "app";
  return {
    get appName() {
      return appName;
    },
    set appName(name) {
      checkAppName(name);
      appName = name;
    },
    reloading: false,
    verifier: undefined,
  };
});

/** @throws {ConfigurationError} if global ids cannot have that app. */
export function checkAppName(name: string): void {
  if (typeof name === "string" && isAppName(name)) return;
  throw new ConfigurationError(
    `Cannot use ${JSON.stringify(name)} as the app of global ids: it stands in "gid://app/Model/1". ` +
      `Set appName to letters, digits, hyphens and underscores`,
  );
}
