/** Lines of programs that Proxmox starts (mkfs, tar, rsync, qemu-img), and of waiting: no command of Proxmox prints them. */
const foreign =
  /^(?:Formatting|Creating filesystem|Filesystem UUID|Superblock|\t\d+, |mke2fs|Total bytes read|Number of|Total (?:file|transferred)|Literal|Matched|File list|Total bytes|sent |total size|transferred [\d.]+ \w+ of|trying to acquire| OK)/;

const masks: readonly (readonly [RegExp, string])[] = [
  [/BC:24:11(?::[0-9A-F]{2}){3}/g, "MAC"],
  [/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID"],
  [/(ctime|snaptime)[=:] ?\d+/g, "$1"],
  [/creation-qemu=[\d.]+/, "creation-qemu"],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "TIME"],
  [/\$5\$\S+/g, "HASH"],
  [/\b[0-9a-f]{40}\b/g, "DIGEST"],
  [/UPID:\w+(?::[0-9A-F]{8}){3}/g, "UPID"],
  [/in \d+s, saved [\d.]+ \w+/, "in TIME, saved SIZE"],
  // The process id in a list of VMs.
  [/^(\s+\d+ \S+ +running +\d+ +[\d.]+) \d+\s*$/, "$1 PID"],
  // What a storage or dataset holds depends on the data.
  [/((?:in)?active) +\d+ +\d+ +\d+ +[\d.]+%$/, "$1 SIZES"],
  [/^(\S+\/?\S*) +[\d.]+[BKMGT] +(?:[\d.]+[BKMGT]|-) +[\d.]+[BKMGT] +(\S+)$/, "$1 SIZES $2"],
  [/^NAME +USED +AVAIL +REFER +MOUNTPOINT$/, "NAME SIZES MOUNTPOINT"],
];

/** Lines without what differs from run to run, and without empty ones. */
export function masked(lines: readonly string[]): string[] {
  return lines
    .map((line) => line.trimEnd())
    .filter((line) => line !== "" && !foreign.test(line))
    .map((line) => inOrder(masks.reduce((text, [pattern, mask]) => text.replace(pattern, mask), line)));
}

/** Content types of a storage have no stable order. */
function inOrder(line: string): string {
  return line.replace(/(\bcontent"?[ :]"?)([a-z]+(?:,[a-z]+)+)/g, (_, head: string, list: string) => {
    return head + list.split(",").toSorted().join(",");
  });
}
