/** Where a host's kernel and Proxmox keep what is no ordinary file. */
const RESERVED = ["/etc/pve", "/proc", "/run", "/sys", "/var/lock", "/var/run"];

/** Whether a path is absolute, of a length that every file system takes, and has no part that leads upwards or nowhere. */
export function isPlainPath(path: string): boolean {
  return path.startsWith("/") && path.length <= 2000 && path.slice(1).split("/").every(isPathPart);
}

/** Whether a text can be the name of a file in a folder. */
export function isPathPart(part: string): boolean {
  return part !== "" && part !== "." && part !== ".." && Buffer.byteLength(part) <= 255 && !/[\0/]/.test(part);
}

/** Whether a plain path of a host is one of ordinary files and folders, which can be rebuilt elsewhere. */
export function isOrdinaryPath(path: string): boolean {
  return isPlainPath(path) && !RESERVED.some((folder) => path === folder || path.startsWith(`${folder}/`));
}
