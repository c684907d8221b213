import type { JSX } from "hono/jsx/jsx-runtime";
import type { Child } from "hono/jsx";

/** What a component makes. */
export type Html = JSX.Element;

/** What stands in one. */
export type Inner = Child;
