import { declare, type DeclaringClass } from "./declarations.ts";
import { noteClass } from "./registry.ts";

/** What a macro does: notes a declaration, and that there is such a class. */
export function note(declaring: DeclaringClass, declared: Parameters<typeof declare>[1]): void {
  declare(declaring, declared);
  noteClass(declaring);
}
