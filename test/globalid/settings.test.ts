import { afterEach, describe, expect, it } from "vitest";
import { globalIdSettings } from "../../src/globalid/settings.ts";
import { ConfigurationError } from "../../src/support/errors.ts";

afterEach(() => {
  globalIdSettings.appName = "app";
});

describe("globalIdSettings", () => {
  it("names the app that new global ids have", () => {
    expect(globalIdSettings.appName).toBe("app");

    globalIdSettings.appName = "My_app-2";

    expect(globalIdSettings.appName).toBe("My_app-2");
  });

  it.each(["", "my app", "app/", "-app", "äpp"])("refuses %j as the app", (name) => {
    expect(() => (globalIdSettings.appName = name)).toThrow(
      new ConfigurationError(
        `Cannot use ${JSON.stringify(name)} as the app of global ids: it stands in "gid://app/Model/1". ` +
          "Set appName to letters, digits, hyphens and underscores",
      ),
    );
    expect(globalIdSettings.appName).toBe("app");
  });
});
