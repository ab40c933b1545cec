import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The interpreter that cloud-init runs in, and that has its reader of YAML. */
const PYTHON = "/usr/bin/python3";

/** Whether cloud-init, and with it the YAML reader that it uses, is on this machine. */
export function hasCloudInit(): boolean {
  const isThere = spawnSync("cloud-init", ["--version"]).status === 0 && python("import yaml", "").status === 0;
  if (!isThere) console.log("skipped: cloud-init is not installed");
  return isThere;
}

/** What PyYAML, which cloud-init reads its files with, makes of each text. */
export function readYaml(texts: readonly string[]): readonly unknown[] {
  const program = "import sys, json, yaml\njson.dump([yaml.safe_load(t) for t in json.load(sys.stdin)], sys.stdout)";
  const { status, stdout, stderr } = python(program, JSON.stringify(texts));
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as unknown[];
}

/** What `cloud-init schema` says against user data; empty when it is valid. */
export function schemaFindings(userData: string): string {
  const folder = mkdtempSync(join(tmpdir(), "phxc-cloud-init-"));
  try {
    const path = join(folder, "user-data");
    writeFileSync(path, userData);
    const { status, stdout, stderr } = spawnSync("cloud-init", ["schema", "-c", path], { encoding: "utf8" });
    return status === 0 ? "" : `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function python(program: string, input: string): ReturnType<typeof spawnSync> & { stdout: string; stderr: string } {
  return spawnSync(PYTHON, ["-c", program], { input, encoding: "utf8", maxBuffer: 1 << 28 });
}
