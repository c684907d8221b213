import { LimitsMacros } from "../guards/limits/limits-macros.ts";
import { JobMacros } from "../job/declare/job-macros.ts";
import { UniqueMacro } from "../guards/unique/unique-macro.ts";
import { RecurringMacro } from "../recurring/recurring-macro.ts";
import { StepsMacros } from "../steps/steps-macros.ts";
import { EncryptArgumentsMacro } from "../traits/encrypt-arguments.ts";
import { KeepFinishedMacro } from "../traits/keep-finished.ts";
import { KeepResultMacro } from "../traits/keep-result.ts";
import { TagsMacro } from "../traits/tags.ts";
import { TimeoutMacro } from "../traits/timeout.ts";
import { ExpiresInMacro } from "../guards/expiry/expires-in.ts";
// Behind tags, which a function of `fairness` may look at.
import { FairMacro } from "../guards/fair/fair-macro.ts";

/**
 * Classes whose static methods are macros, and nothing else: what each feature adds to every
 * command and job.
 */
type Features = readonly [
  typeof TagsMacro,
  typeof TimeoutMacro,
  typeof KeepResultMacro,
  typeof KeepFinishedMacro,
  typeof EncryptArgumentsMacro,
  typeof ExpiresInMacro,
  typeof RecurringMacro,
  typeof LimitsMacros,
  typeof StepsMacros,
  typeof FairMacro,
  typeof UniqueMacro,
];
const features: Features = [
  TagsMacro,
  TimeoutMacro,
  KeepResultMacro,
  KeepFinishedMacro,
  EncryptArgumentsMacro,
  ExpiresInMacro,
  RecurringMacro,
  LimitsMacros,
  StepsMacros,
  FairMacro,
  UniqueMacro,
];

/** The static methods of classes. */
type Statics<Classes extends readonly unknown[]> = Classes extends readonly [
  infer First,
  ...infer Others,
]
  ? Omit<First, "prototype"> & Statics<Others>
  : unknown;

const EveryMacro: typeof JobMacros & Statics<Features> = withStatics(JobMacros, features);

/**
 * What a command or a job declares about itself, in a `static {}` block. Subclasses inherit it and
 * may override it: single values are replaced, rules and callbacks added, the latest rule looked at
 * first.
 *
 * @see Active Job 8.1 and Sidekiq 8.1, whose names and orders these are
 */
export abstract class Macros extends EveryMacro {}

function withStatics(
  base: typeof JobMacros,
  classes: Features,
): typeof JobMacros & Statics<Features> {
  abstract class Together extends base {}
  for (const each of classes) {
    const {
      length: _,
      name: __,
      prototype: ___,
      ...methods
    } = Object.getOwnPropertyDescriptors(each);
    Object.defineProperties(Together, methods);
  }
  return Together as typeof JobMacros & Statics<Features>;
}
