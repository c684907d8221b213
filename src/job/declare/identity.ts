import { isBuiltName, isDoubtfulName, type NamedClass } from "../../support/built-name.ts";
import { describe } from "../checks/checks.ts";
import { declarationSignature } from "./declaration-signature.ts";

/** A class, as far as the name of its jobs goes. */
interface Nameable extends NamedClass {
  readonly commandName?: string;
  readonly jobName?: string;
  readonly formerNames?: readonly string[];
  readonly "mandate.parameterCount"?: number | undefined;
  readonly "mandate.propertyNames"?: readonly string[] | undefined;
}

/** What tells a class's jobs from those of others, in this process and beyond. */
export interface Identity {
  /** On the wire. */
  readonly name: string;
  /** Earlier ones, whose jobs are its own. */
  readonly formerNames: readonly string[];
  /**
   * A minifier or a bundler may have made the name: the next build may give it to another class.
   */
  readonly isUnstable: boolean;
  /**
   * What its jobs say about its declaration; `undefined` where the name says enough, or nothing is
   * known.
   */
  readonly signature: string | undefined;
}

/** Reads it from the class, which must be complete. */
export function readIdentity(named: Nameable, kind: "command" | "job"): Identity {
  const name = readName(named, kind);
  const isStated = isStatedName(named, kind, name);
  return {
    name,
    formerNames: readFormerNames(named),
    isUnstable: !isStated && isBuiltName(named),
    signature: isStated
      ? undefined
      : declarationSignature({
          count: named["mandate.parameterCount"],
          names: named["mandate.propertyNames"] ?? [],
          isDoubtful: isDoubtfulName(named),
        }),
  };
}

/**
 * A class's name on the wire: its own `commandName` or `jobName`, or what an inherited getter makes
 * of it, else the class's name. A parent's constant stays the parent's.
 */
export function readName(named: Nameable, kind: "command" | "job"): string {
  const key = `${kind}Name` as const;
  for (
    let owner: object | null = named;
    owner !== null;
    owner = Object.getPrototypeOf(owner) as object | null
  ) {
    const property = Object.getOwnPropertyDescriptor(owner, key);
    if (property !== undefined) {
      const isOwn = owner === named || property.get !== undefined;
      return isOwn ? String(named[key]) : named.name;
    }
  }
  return named.name;
}

/** Whether somebody wrote the name down, and did not leave it to the class. */
function isStatedName(named: Nameable, kind: "command" | "job", name: string): boolean {
  // An inherited getter may well put something before the class's name.
  return Object.hasOwn(named, `${kind}Name`) || !name.split(/[^\w$]+/).includes(named.name);
}

/** The class's own names: a parent's are the parent's. */
function readFormerNames(named: Nameable): readonly string[] {
  const former: unknown = Object.hasOwn(named, "formerNames") ? named.formerNames : [];
  if (!Array.isArray(former) || former.some((name) => typeof name !== "string" || name === "")) {
    throw new TypeError(
      `Cannot use ${describe(former)} as formerNames of ${named.name}: give a list of names`,
    );
  }
  return former as readonly string[];
}
