import { accessSync, constants, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shimNames } from "./dispatch.js";

/** What a plan may use besides Proxmox's own commands: what every Proxmox host has. */
const stock = [
  ..."bash sh awk mawk gawk sed grep egrep find xargs flock setsid logger getopt perl bzip2 gzip xz zstd".split(" "),
  ..."[ arch b2sum base32 base64 basename cat chmod cksum comm cp csplit cut date dd df dir dirname du echo env expand expr factor false fmt fold groups".split(
    " ",
  ),
  ..."head hostid id install join link ln logname ls md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk pinky pr printenv printf".split(
    " ",
  ),
  ..."ptx pwd readlink realpath rm rmdir seq sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort split stat stdbuf stty sum sync tac tail tee".split(
    " ",
  ),
  ..."test timeout touch tr true truncate tsort tty uname unexpand uniq unlink uptime users vdir wc who whoami yes".split(
    " ",
  ),
];

const searchPath = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin".split(":");

/** Where a real program is; undefined when this machine has none. */
export function findProgram(name: string): string | undefined {
  return [...(process.env["PATH"] ?? "").split(":"), ...searchPath]
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  if (!path.startsWith("/")) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Lays out two folders: `bin`, where every simulated command is the same small script, and `stock`, with links to the real
 * tools that a plan may use. Scripts get just these two as their PATH.
 */
export function layOutCommands(dir: string): { readonly bin: string; readonly stock: string } {
  const [bin, real] = [join(dir, "bin"), join(dir, "stock")];
  mkdirSync(bin, { recursive: true });
  mkdirSync(real, { recursive: true });
  for (const name of stock) {
    const at = findProgram(name);
    if (at !== undefined) symlinkSync(at, join(real, name));
  }
  const script = join(dir, "shim");
  writeFileSync(script, shimText(real), { mode: 0o755 });
  for (const name of shimNames) symlinkSync(script, join(bin, name));
  return { bin, stock: real };
}

/**
 * Sends its own call (NUL-separated) and does what comes back, tab-separated: `stdin FILE` stores its input there, `daemon`
 * leaves a process behind that keeps its open files, `real PROGRAM` becomes that, `reply CODE STDERR-BYTES STDOUT-BYTES`
 * is the end. It never reads its standard input of its own accord, and keeps it in place: the other side looks at what it is.
 */
function shimText(real: string): string {
  return `#!${findProgram("bash") ?? "/bin/bash"}
LC_ALL=C
IFS=$'\\t'
exec {s}<>"/dev/tcp/127.0.0.1/\${PHXC_SIM_PORT}" || exit 127
printf '%s\\0' "\${PHXC_SIM_TOKEN}" "\${PPID}" "$$" "\${PWD}" "\${STEP-}" "\${0##*/}" "$#" "$@" >&"\${s}"
while read -r -u "\${s}" verb a b c; do
	case \${verb} in
	stdin)
		'${real}/cat' >"\${a}"
		printf '\\n' >&"\${s}"
		;;
	daemon)
		'${real}/sleep' 2147483647 </dev/null >/dev/null 2>&1 {s}>&- &
		printf '%s\\n' "$!" >&"\${s}"
		;;
	real)
		exec {s}>&-
		exec "\${a}" "$@"
		;;
	reply)
		if ((b > 0)); then
			read -r -u "\${s}" -N "\${b}" text
			printf '%s' "\${text}" >&2
		fi
		if ((c > 2000)); then
			'${real}/cat' <&"\${s}"
		elif ((c > 0)); then
			read -r -u "\${s}" -N "\${c}" text
			printf '%s' "\${text}"
		fi
		exit "\${a}"
		;;
	esac
done
exit 127
`;
}
