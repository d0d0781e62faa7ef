// Addresses.
export { slugify } from "./slug.ts";

// Counting: what is in a text.
// (nothing yet)

// Layout: how a text is shown.
// (nothing yet)
