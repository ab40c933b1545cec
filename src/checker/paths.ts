/** Paths of the project: relative, with forward slashes. */

/**
 * The path that `path` means in a file; undefined when it is absolute or leaves the project. A project may itself be
 * shown as `../other`: leading `..` segments of `from` are its root.
 */
export function resolvePath(from: string, path: string): string | undefined {
  if (path === "" || path.startsWith("/") || path.includes("\0")) return undefined;
  const root = /^(?:\/|(?:\.\.\/)*)/.exec(from)?.[0] ?? "";
  const segments = from.slice(root.length).split("/").slice(0, -1).filter(isReal);
  for (const segment of path.split("/").filter(isReal)) {
    if (segment !== "..") segments.push(segment);
    else if (segments.pop() === undefined) return undefined;
  }
  const joined = root + segments.join("/");
  return joined === "" ? "." : joined;
}

/** The entry of a folder; `.` is the project itself. */
export function entryPath(folder: string, name: string): string {
  return folder === "." ? name : `${folder.replace(/\/$/, "")}/${name}`;
}

function isReal(segment: string): boolean {
  return segment !== "" && segment !== ".";
}
