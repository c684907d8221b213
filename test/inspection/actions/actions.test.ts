import { actionsAt, isFinal, placesFor } from "mandate";
import { describe, expect, it } from "vitest";

describe("actions", () => {
  it("are those that the jobs of a place are there for", () => {
    expect(actionsAt("running")).toEqual(["cancel"]);
    expect(actionsAt("queue")).toEqual(["kill", "cancel", "delete"]);
    expect(actionsAt("retry")).toEqual(["retry", "kill", "cancel", "delete"]);
    expect(actionsAt("scheduled")).toEqual(["promote", "kill", "cancel", "delete"]);
    expect(actionsAt("dead")).toEqual(["retry", "delete"]);
    expect(placesFor("promote")).toEqual(["scheduled", "blocked"]);
  });

  it("are final where something may be lost", () => {
    const actions = ["retry", "promote", "kill", "cancel", "delete"] as const;

    expect(actions.filter(isFinal)).toEqual(["kill", "cancel", "delete"]);
  });
});
