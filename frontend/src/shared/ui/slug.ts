/** A dataset name made of what a path and a repository id allow: `Tea box → shelf` becomes `tea-box-shelf`. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "-")
    .replace(/^[-_]+|-+$/g, "")
    .slice(0, 60);
