import { spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SimulatedHost, startHost } from "../../../src/rehearsal/index.js";
import type { HostState } from "../../../src/rehearsal/index.js";
import { STAGING_FOLDER } from "../../../src/host/supervisor.js";
import { root } from "../paths.js";

/** How a block of the shell ended, and what it printed to either stream. */
export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** A shell for the commands of a page: `phxc` is the built program, and `ssh` leads to a simulated host. */
export interface PageShell {
  /** Where it runs; `examples` of the project is there. */
  readonly folder: string;
  /** Runs a block; without `answer` there is no terminal to ask on. */
  run(text: string, answer?: string): Promise<Ended>;
  /** Puts a host behind `ssh`, once. */
  attach(state: HostState): Promise<void>;
  /** What the host can fetch from now on. */
  serve(downloads: HostState["downloads"]): void;
  readonly hasHost: () => boolean;
  close(): Promise<void>;
}

/** Starts a shell in a folder of its own. */
export async function openShell(): Promise<PageShell> {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "phxc-page-")));
  const [folder, bin] = [join(top, "page"), join(top, "bin")];
  for (const path of [folder, bin]) mkdirSync(path);
  cpSync(join(root, "examples"), join(folder, "examples"), { recursive: true });
  writeFileSync(join(top, "terminal.cjs"), TERMINAL);
  writeProgram(join(bin, "phxc"), phxcText(join(top, "terminal.cjs")));
  writeProgram(join(bin, "ssh"), NO_HOST);
  let host: SimulatedHost | undefined;
  const reboot = join(top, "reboot");
  return {
    folder,
    run: async (text, answer) => {
      const ended = await runBlock(text, answer, { folder, bin, home: top });
      if (existsSync(reboot)) {
        rmSync(reboot);
        host?.restart();
      }
      return ended;
    },
    attach: async (state) => {
      mkdirSync(join(top, "host"));
      host = await startHost(state, join(top, "host"));
      writeProgram(join(bin, "ssh"), sshText(host, reboot));
    },
    serve: (downloads) => {
      Object.assign(host?.state.downloads ?? {}, downloads);
    },
    hasHost: () => host !== undefined,
    close: async () => {
      await host?.close();
      rmSync(top, { recursive: true, force: true });
    },
  };
}

function writeProgram(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

/** Standard input and standard error are a terminal where an operator types the next answer after each question. */
const TERMINAL = `const { Readable } = require("node:stream");
const answers = (process.env.PAGE_ANSWER ?? "").split(",");
const stdin = Object.assign(new Readable({ read() {} }), { isTTY: true });
Object.defineProperty(process, "stdin", { value: stdin });
Object.defineProperty(process.stderr, "isTTY", { value: true });
const write = process.stderr.write.bind(process.stderr);
process.stderr.write = (text, ...rest) => {
  if (text.endsWith("] ") || text.endsWith(": ")) setImmediate(() => stdin.push(\`\${answers.shift() ?? ""}\\n\`));
  return write(text, ...rest);
};
`;

function phxcText(terminal: string): string {
  return `#!/bin/bash
options=()
[[ -v PAGE_ANSWER ]] && options=(-r ${quoted(terminal)})
exec ${quoted(process.execPath)} "\${options[@]}" ${quoted(join(root, "dist/phxc.cjs"))} "$@"
`;
}

const NO_HOST = `#!/bin/sh
echo "this page has no host yet: it declares none before this command" >&2
exit 255
`;

/** Takes ssh's own options off, and runs the rest on the simulated host, below whose folder the files of a command line are. */
function sshText(host: SimulatedHost, reboot: string): string {
  const env = Object.entries(host.env).map(([name, value]) => quoted(`${name}=${value}`));
  const escaped = (path: string): string => path.replaceAll("/", "\\/");
  const below = [
    `command=\${command//${escaped(STAGING_FOLDER)}/${host.root}${STAGING_FOLDER}}`,
    `command=\${command// \\/etc\\// ${host.root}/etc/}`,
  ];
  return `#!/bin/bash
while [[ $# -gt 0 && $1 == -* ]]; do
  case $1 in
  --) shift; break ;;
  -o | -F) shift 2 ;;
  *) shift ;;
  esac
done
shift
command="$*"
if [[ \${command} == reboot ]]; then
  : >${quoted(reboot)}
  exit 0
fi
${below.join("\n")}
cd ${quoted(join(host.root, "root"))} || exit 255
exec env -i ${env.join(" ")} bash -c "\${command}"
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** After this a block is given up. */
const BLOCK_MS = 120_000;

function runBlock(
  text: string,
  answer: string | undefined,
  { folder, bin, home }: { readonly folder: string; readonly bin: string; readonly home: string },
): Promise<Ended> {
  const env = {
    PATH: `${bin}:${process.env["PATH"] ?? "/usr/bin:/bin"}`,
    HOME: home,
    LC_ALL: "C.UTF-8",
    TERM: "dumb",
    ...(answer === undefined ? {} : { PAGE_ANSWER: answer }),
  };
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["-c", `exec 2>&1\nset -e -o pipefail\n${text}`], {
      cwd: folder,
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), BLOCK_MS);
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => (output += part));
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 128, output });
    });
  });
}
