/** What the keys of unique jobs begin with. The class's name follows, and what its `by` makes. */
export const UNIQUE = "unique:";
