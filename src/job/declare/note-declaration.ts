import { declare, type DeclaringClass, type Trait } from "./declarations.ts";
import { noteClass } from "./registry.ts";

/** What a macro does: notes a declaration, and that there is such a class. */
export function note<Value>(declaring: DeclaringClass, trait: Trait<Value>, own: Value): void {
  declare(declaring, trait, own);
  noteClass(declaring);
}
