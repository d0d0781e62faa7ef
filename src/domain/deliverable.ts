/** Deliverables of a brief that are plainly paths: they must be there, and be changed. */

import type { Brief } from "./brief.ts";

const extensions =
  /\.(?:md|txt|rst|adoc|rs|tsx?|jsx?|[mc][tj]s|py|go|java|kts?|c|h|cc|cpp|hpp|cs|rb|php|sh|sql|jsonl?|ya?ml|toml|html?|s?css|xml|csv|svg|png|lock|ini|cfg|conf|proto|graphql|vue|svelte|swift|scala|exs?|zig|lua|tex|pdf|ipynb)$/i;

/** Without `./`; those with a `/` at the end are directories. */
export function deliverablePaths({ deliverables }: Pick<Brief, "deliverables">): readonly string[] {
  const found = deliverables.map(pathOf).filter((path) => path !== null);
  return [...new Set(found)];
}

/** `docs/a.md – the page` and `` `src/x/` `` are paths; `the API is documented` is none. */
function pathOf(item: string): string | null {
  const text = item.replace(/^\s*(?:[-*+]\s+)?(?:\[[ xX]\]\s*)?/, "").trim();
  const ticked = /^`([^`\s]+)`/.exec(text)?.[1];
  const bare = /^([^\s`]+?)(?=$|:?\s*$|:?\s+[-–—→(:]|:\s)/.exec(text)?.[1];
  const path = (ticked ?? bare ?? "").replace(/^\.\//, "");
  const isShaped =
    /^[\w@+.-]+(?:\/[\w@+.-]+)*\/?$/.test(path) && !/(?:^|\/)\.\.(?:\/|$)/.test(path);
  if (!isShaped) return null;
  const hasFolder = path.includes("/");
  return extensions.test(path) || (ticked !== undefined && hasFolder) ? path : null;
}

/** One sentence for each that is not there, or as it was. */
export function missingDeliverables(
  paths: readonly string[],
  {
    changed,
    isThere,
  }: { readonly changed: readonly string[]; readonly isThere: ReadonlySet<string> },
): readonly string[] {
  return paths.flatMap((path) => {
    if (!isThere.has(path)) return [`${path} is a deliverable, and is not there`];
    const folder = path.endsWith("/") ? path : `${path}/`;
    const isChanged = changed.some((file) => file === path || file.startsWith(folder));
    return isChanged ? [] : [`${path} is a deliverable, and was not changed`];
  });
}
