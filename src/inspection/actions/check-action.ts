import { describe } from "../../job/checks/checks.ts";
import { didYouMean } from "../../support/nearest.ts";
import { checkPlace, type JobPlace } from "../lists/jobs.ts";
import { ACTIONS, placesFor, type JobAction } from "./actions.ts";

/** @throws {TypeError} if there is no such action, or it cannot be done to the jobs of a place. */
export function checkAction(action: JobAction, places: readonly JobPlace[] | undefined): void {
  if (!Object.hasOwn(ACTIONS, action)) {
    const actions = Object.keys(ACTIONS);
    throw new TypeError(
      `Cannot do ${describe(action)} to jobs: it is no action.${didYouMean(action, actions)} There are: ${actions.join(", ")}`,
    );
  }
  places?.forEach((place) => {
    checkPlace(place);
    if (!placesFor(action).includes(place)) {
      throw new TypeError(
        `Cannot ${action} jobs in ${place}: that is for ${placesFor(action).join(", ")}`,
      );
    }
  });
}
