/** The lock file of `main.phx` with these entries, each as `ip lan 10.0.0.11: ct.101.net.lan.ip`. */
export function lockFile(...entries: readonly string[]): string {
  const lines = entries.map((entry) => {
    const at = entry.indexOf(": ");
    return `  ${JSON.stringify(entry.slice(0, at))}: ${JSON.stringify(entry.slice(at + 2))},\n`;
  });
  return `{\n  "format": "phxc-lock",\n  "entry": "main.phx",\n${lines.join("")}  "version": 1\n}\n`;
}

/** The entries of a lock file, in that form and in their order; checks that it is JSON. */
export function drawnValues(content: string): readonly string[] {
  if (content === "") return [];
  const { format, entry, version, ...entries } = JSON.parse(content) as Readonly<Record<string, string | number>>;
  if (format !== "phxc-lock" || entry === undefined || version !== 1)
    throw new Error(`this is no lock file: ${content}`);
  return Object.entries(entries).map(([name, key]) => `${name}: ${key}`);
}

/** A guest that compiles, with one interface; five lines. */
export function guest(head: string, net: string, network = "lan"): string {
  const source = head.startsWith("ct") ? '  image = "local:vztmpl/x.tar.zst"\n' : "  cores = 1\n";
  return `${head} {\n${source}  disk root { size = 4GiB, storage = local-lvm }\n  net ${network} { ${net} }\n}\n`;
}
