/** What everybody sees in the place of what is encrypted. */
export const HIDDEN = "«encrypted»";
