import { isBuiltName } from "../support/built-name.ts";
import { ConfigurationError } from "../support/errors.ts";
import { didYouMean } from "../support/nearest.ts";
import { isModelName } from "./uri.ts";

const DEFINITION_KEYS = ["name", "find", "findMany", "idOf", "is"];

/** Checks what a model is registered with, and its name. */
export function checkModel(
  { name, key }: { readonly name: string; readonly key: object | string },
  definition: { readonly name?: string; readonly find: unknown },
): void {
  if (typeof definition.find !== "function") {
    throw new TypeError(
      `Cannot register model "${name}": "find" is no function. Pass one that takes an id and ` +
        `returns the record, or undefined where there is none`,
    );
  }
  const unknown = Object.keys(definition).find((key) => !DEFINITION_KEYS.includes(key));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `Cannot register model "${name}" with "${unknown}": there is no such option.${didYouMean(unknown, DEFINITION_KEYS)} ` +
        `There are: ${DEFINITION_KEYS.join(", ")}`,
    );
  }
  if (definition.name === undefined && typeof key === "function" && isBuiltName(key)) {
    throw new ConfigurationError(
      `Cannot register class ${name} as a model: a minifier or a bundler seems to have made that name, and in the next build ` +
        `it is another model's. Pass a "name", such as "User", or have the build keep names`,
    );
  }
  if (isModelName(name)) return;
  throw new ConfigurationError(
    `Cannot register a model as ${JSON.stringify(name)}: the name stands in "gid://app/Model/1". ` +
      `Pass a "name" of letters, digits and _ . : $ ~ -, such as "User" or "Blog::Post"`,
  );
}
