import { plural } from "../../diagnostics/summary.js";
import { captureHost, captureText } from "../../host/capture.js";
import type { CaptureOptions } from "../../host/capture.js";
import { startHere, startOver } from "../../host/transport.js";
import type { CapturedHost } from "../../model/captured.js";
import { isOrdinaryPath } from "../../text/host-paths.js";
import { visible } from "../../text/visible.js";
import { version } from "../../version.generated.js";
import { EXIT, isProblem, valueOf } from "../command.js";
import type { Arguments, Command, Problem } from "../command.js";
import { writeOut } from "../deliver.js";
import { SSH_OPTIONS, sshTarget } from "../ssh.js";
import type { Terminal } from "../terminal.js";

/** Seconds that a capture may take unless `--timeout` says otherwise. */
const PATIENCE = 300;

/** `phxc capture` */
export const captureCommand: Command = {
  usage: ["phxc capture [USER@HOST] [--out FILE]"],
  about: `Reads from a Proxmox host what plans depend on, over one ssh connection or, without a host, here: configurations of
guests and storages, firewall files, volumes, pools and datasets, bridges, devices, disks, which guests run, and what
plans noted there. It only lists and reads, and overwrites secrets in texts before they leave the host. The state file
is for \`phxc rehearse --from\`; docs/capture.md tells all that is read.`,
  options: {
    out: { takes: "value", short: "o", placeholder: "FILE", doc: "write the state there, whole or not at all" },
    path: { takes: "values", placeholder: "PATH", doc: "look at one more file or folder: kind, size and owner" },
    timeout: { takes: "value", placeholder: "SECONDS", doc: `give up after this time; default ${PATIENCE}` },
    ...SSH_OPTIONS,
    quiet: { takes: "flag", short: "q", doc: "say nothing about what was captured" },
  },
  examples: [
    ["phxc capture root@pve1 > pve1.json", "a host, as your ssh configuration knows it"],
    ["phxc capture root@pve1 --out pve1.json --path /root/noble.img", "with an image that lies on no storage"],
    ["phxc capture --out here.json", "this machine, as root"],
  ],
  maxPositionals: 1,
  run,
};

async function run(args: Arguments, terminal: Terminal): Promise<number | Problem> {
  const start = starter(args, terminal);
  if (isProblem(start)) return start;
  const paths = args.values.get("path") ?? [];
  const wrong = paths.find((path) => !isOrdinaryPath(path));
  if (wrong !== undefined)
    return { problem: `\`--path\` wants the absolute path of an ordinary file or folder, not \`${wrong}\`` };
  const timeout = valueOf(args, "timeout") ?? String(PATIENCE);
  if (!/^[1-9]\d{0,5}$/.test(timeout)) return { problem: "`--timeout` wants a number of seconds" };
  const capture = await captureHost({ start, paths, timeoutMs: Number(timeout) * 1000 });
  if ("failure" in capture) return { problem: `nothing was captured: ${capture.failure}` };
  const { host } = capture;
  const text = captureText(host, version);
  const out = valueOf(args, "out");
  const problem = out === undefined ? undefined : writeOut(out, text, terminal, { executable: false });
  if (problem !== undefined) return problem;
  if (out === undefined) terminal.out.write(text);
  if (!args.flags.has("quiet")) terminal.err.write(summary(host));
  return EXIT.ok;
}

/** How the host is reached; the script itself says when it may not read this machine. */
function starter(args: Arguments, terminal: Terminal): CaptureOptions["start"] | Problem {
  const [host] = args.positionals;
  if (host === undefined) return (argv) => startHere(argv, terminal.env);
  const target = sshTarget(host, args, terminal);
  return isProblem(target) ? target : (argv) => startOver(target, argv);
}

function summary(host: CapturedHost): string {
  const guests = Object.keys(host.files).filter((path) => /\/(?:qemu-server|lxc)\/\d+\.conf$/.test(path)).length;
  const parts = [
    `Proxmox VE ${host.version}`,
    `${plural(guests, "guest")}, ${host.running.length} running`,
    plural(Object.keys(host.datasets).length, "dataset"),
    plural(Object.keys(host.volumes).length, "other volume"),
    host.masked === 0 ? "no secrets were seen" : `${plural(host.masked, "secret")} overwritten`,
  ];
  const warnings = host.warnings.map((text) => `warning: ${visible(text)}\n`);
  return `captured ${host.node}: ${parts.join(", ")}\n${warnings.join("")}`;
}
