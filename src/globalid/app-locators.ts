import { shared } from "../support/shared-state.ts";
import type { GlobalIdParts } from "./uri.ts";

type MaybePromise<Value> = Value | PromiseLike<Value>;

/** How the records of another application are found. */
export interface AppLocator {
  /** Looks up one record. `undefined` or `null` says that there is none. */
  locate(gid: GlobalIdParts): MaybePromise<unknown>;
  /**
   * Looks up many records in one go, in the order of their global ids; `undefined` or `null` stands
   * for one that is not there.
   *
   * @default one `locate` for each, at the same time
   */
  locateMany?(gids: readonly GlobalIdParts[]): MaybePromise<readonly unknown[]>;
}

const locators = shared("app-locators", () => new Map<string, AppLocator>());

/** GlobalID 1.4, locator.rb: an application's name counts whichever its case. */
export function registerLocator(app: string, locator: AppLocator): void {
  locators.set(app.toLowerCase(), locator);
}

/** `undefined` for an application whose records are looked up as our own. */
export function locatorOf(app: string): AppLocator | undefined {
  return locators.size === 0 ? undefined : locators.get(app.toLowerCase());
}

/** Records in the order of their global ids, `undefined` in the place of each that is not there. */
export async function locateBy(
  locator: AppLocator,
  gids: readonly GlobalIdParts[],
): Promise<unknown[]> {
  const found =
    locator.locateMany === undefined
      ? await Promise.all(gids.map((gid) => locator.locate(gid)))
      : await locator.locateMany(gids);
  return gids.map((_, index) => found[index] ?? undefined);
}
