import { declarationsOf, type DeclaringClass } from "./declarations.ts";
import { errorRules, type RuledErrors } from "./error-rules.ts";
import { ANONYMOUS, readMatchers } from "../errors/error-matcher.ts";

/**
 * What a rule of a class is for. As in Active Job, a record counts under the printed list of its
 * errors; rules of predicates without names are told apart by their order.
 *
 * @throws {TypeError} if no rule can be for that.
 */
export function ruledErrors(
  declaring: DeclaringClass,
  errors: unknown,
  where: string,
): RuledErrors {
  const matchers = readMatchers(errors, where);
  const texts = matchers.map(({ text }) => text);
  const key = `[${texts.join(", ")}]`;
  if (!texts.includes(ANONYMOUS)) {
    return { matchers, key };
  }
  const likes = errorRules.of(declarationsOf(declaring)).filter((rule) => rule.key.startsWith(key));
  return { matchers, key: likes.length === 0 ? key : `${key} ${likes.length + 1}` };
}
