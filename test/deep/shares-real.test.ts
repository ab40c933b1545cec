import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Plan } from "../../src/index.js";
import { debianRoot, inRoot, noDebianRoot } from "../support/debian-root.js";
import { deepTests } from "../support/deep.js";
import { fences } from "../support/markdown.js";
import { hasShared, root, shared } from "../support/paths.js";
import { compileFolder, compileSource } from "../support/rehearsal.js";

/** What Debian's own testparm and exportfs say of the files that plans render. */
const test = suite("exports and shares for real programs");
const deep = deepTests(test);

/** Every option of exports(5) and every attribute of a share, with names and paths that need care. */
const ALL = `
host pve {
  address = 10.0.0.13
  samba { workgroup = HOME, options { "server string" = "%h [files]", "server min protocol" = SMB3, "log level" = 1 } }
}
network lan { bridge = vmbr0, subnet = 10.0.0.0/24, subnet6 = "2001:db8::/64" }
export all {
  path = "/srv/with blank, \\"quotes\\" # and ünicode"
  clients = [lan, 10.0.0.5, "2001:db8::5", "host.example.net", "*.example.net", "@group", "*"]
  options = [
    ${`rw sync no_subtree_check no_root_squash insecure no_wdelay nohide crossmnt no_acl "anonuid=1000" "anongid=-2"`
      .split(" ")
      .join(", ")}
    "fsid=7", "sec=sys:krb5:krb5p", insecure_locks, no_auth_nlm, security_label, nordirplus, pnfs, mountpoint
  ]
  client 10.0.0.9 { options = [ro, async, subtree_check, all_squash, secure, wdelay, "mp=/srv", "refer=/x@10.0.0.4"] }
  client 10.0.0.10 { options = [ro, no_subtree_check, "fsid=root", root_squash, no_all_squash, hide, secure_locks] }
}
share all {
  path = "/srv/with blank, \\"quotes\\" # and ünicode"
  comment = "All; of \\"it\\" # here"
  readonly = false
  browseable = true
  guest_ok = false
  users = [anna, "@staff", "+unix"]
  read_list = [anna]
  write_list = ["@staff"]
  force_user = anna
  force_group = staff
  create_mask = 0664
  directory_mask = 2775
  clients = [lan, 10.0.0.5]
  options { "vfs objects" = "acl_xattr streams_xattr", "veto files" = "/*.tmp/", "follow symlinks" = true }
}
share plain { path = "/srv/plain" }
`;

/** Lays the files and directories of a plan out in a root; the paths of those that are ours. */
function layOut(folder: string, plan: Plan): readonly string[] {
  return plan.steps.flatMap(({ probe }): readonly string[] => {
    if (probe.kind === "directory") mkdirSync(join(folder, probe.path), { recursive: true });
    if (probe.kind !== "file") return [];
    const at = join(folder, probe.path);
    mkdirSync(dirname(at), { recursive: true });
    const before = existsSync(at) && probe.block !== undefined ? readFileSync(at, "utf8") : "";
    const marks =
      probe.block === undefined ? ["", ""] : [`# phxc begin ${probe.block}\n`, `# phxc end ${probe.block}\n`];
    writeFileSync(at, `${before}${marks[0] ?? ""}${probe.content}${marks[1] ?? ""}`);
    return [probe.path];
  });
}

function clear(folder: string): void {
  for (const path of ["etc/exports.d", "etc/samba/phx"]) rmSync(join(folder, path), { recursive: true, force: true });
  const distributed = join(folder, "usr/share/samba/smb.conf");
  writeFileSync(join(folder, "etc/samba/smb.conf"), readFileSync(distributed));
}

async function plans(): Promise<readonly (readonly [string, Plan])[]> {
  const page = fences(readFileSync(join(root, "docs/shares.md"), "utf8")).find(({ language }) => language === "phx");
  const texts = [
    ["every option", (await compileSource(ALL)).plan],
    ["docs/shares.md", (await compileSource(page?.text ?? "")).plan],
    ["examples/phoenix", (await compileFolder(join(root, "examples/phoenix"), "phoenix.phx")).plan],
  ] as const;
  if (!hasShared) return texts;
  const real = await compileFolder(join(shared, "phoenix/config"), "phoenix_hypervisor_config.json");
  return [...texts, ["the real configuration", real.plan]];
}

function checkSamba(folder: string, name: string, plan: Plan, paths: readonly string[]): void {
  const checked = new Set(paths.filter((path) => path.startsWith("/etc/samba/")));
  assert.ok(checked.size > 0, name);
  for (const path of checked) {
    const said = inRoot(folder, `testparm -s '${path}' 2>&1`);
    assert.not.match(said, /unknown parameter|invalid|weird|deprecated/i, `${name}: ${path}`);
  }
  const known = inRoot(folder, "testparm -s /etc/samba/smb.conf 2>/dev/null");
  for (const { probe, resource } of plan.steps) {
    if (probe.kind !== "directory" || !resource.startsWith("share.")) continue;
    assert.ok(known.includes(`[${resource.slice("share.".length)}]\n`), `${name}: ${resource}`);
    assert.ok(known.includes(`\tpath = ${probe.path}\n`), `${name}: ${probe.path}`);
  }
}

/** Each line of the files stands in the table of exports, but for hosts whose names nobody can look up. */
function checkExports(folder: string, name: string, plan: Plan): void {
  inRoot(folder, "exportfs -ra");
  const lines = plan.steps.flatMap(({ probe }) =>
    probe.kind === "file" && probe.path.startsWith("/etc/exports.d/") ? probe.content.split("\n") : [],
  );
  const wanted = lines.filter((line) => line !== "" && !/^#| host\.example\.net\(/.test(line));
  const exported = inRoot(folder, "cat /var/lib/nfs/etab").split("\n");
  assert.equal(heads(exported.filter((line) => line !== "")), heads(wanted), name);
}

/** Path and client of lines, with what is written in octal digits as it is. */
function heads(lines: readonly string[]): readonly string[] {
  const octal = (text: string): string =>
    text.replace(/(?:\\[0-7]{3})+/g, (digits) =>
      Buffer.from(
        digits
          .split("\\")
          .slice(1)
          .map((digit) => parseInt(digit, 8)),
      ).toString("utf8"),
    );
  return lines.map((line) => octal(line.replace(/\([^()]*\)$/, "").replace("\t", " "))).toSorted();
}

/** What a plan cannot say: a keyword that is none, a truth value that is none. */
function refuseOthers(folder: string): void {
  writeFileSync(join(folder, "etc/exports.d/phx-bad.exports"), "/srv 10.0.0.5(frob)\n");
  assert.throws(() => inRoot(folder, "exportfs -ra"), /unknown keyword "frob"/);
  writeFileSync(join(folder, "bad.conf"), "[x]\n\tpath = /srv\n\tread only = perhaps\n");
  assert.throws(() => inRoot(folder, "testparm -s /bad.conf"), /Error loading services/);
}

deep("testparm and exportfs take every file as it was meant, and refuse others", async () => {
  const reason = noDebianRoot();
  if (reason !== undefined) throw new Error(`${reason}: this test needs root, apt and a mirror of Debian`);
  const folder = debianRoot();
  try {
    inRoot(
      folder,
      "apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends samba nfs-kernel-server",
    );
    for (const [name, plan] of await plans()) {
      clear(folder);
      const paths = layOut(folder, plan);
      checkSamba(folder, name, plan, paths);
      checkExports(folder, name, plan);
    }
    refuseOthers(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
