import { isMarked } from "../support/thrown.ts";

/** Leaves a run that goes on from its checkpoint another time. */
export class StepInterrupted {
  /** Known by this, whichever copy of this library throws it. */
  readonly "mandate.step-interrupted" = true;

  static [Symbol.hasInstance](thrown: unknown): boolean {
    return isMarked(thrown, "mandate.step-interrupted");
  }
}

/** Of a run that was to be left so, and ended in another way. */
export function swallowedInterruption(className: string): string {
  return (
    `${className} caught what a step throws where its run is interrupted. It is put back all the same: ` +
    "let that pass"
  );
}
