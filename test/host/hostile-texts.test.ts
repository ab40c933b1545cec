import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed, rehearse } from "../../src/rehearsal/index.js";
import { compileSource } from "../support/rehearsal.js";
import { expectFindings } from "../support/compile.js";

const test = suite("hostile texts");

/** Values that a shell, a pattern, an option parser or the reader of a configuration file could take for something else. */
const LINES = [
  `'"'\\''"$'x'`,
  "$(touch /canary)`touch /canary`${HOME}",
  "; touch /canary & | > x < y",
  "%s%n%d%25",
  "--delete",
  "-rf",
  "ü漢字🐘",
  "* ? [a] ~ !x",
  "a,ro=1,mp=/etc",
  "\\n\\$\\",
  "key: value",
  "[snapshot]",
];

/** Notes may have several lines and white space anywhere. */
const TEXTS = [...LINES, "a\nkey: value\n[snapshot]\n#b", "  before", "behind  ", "a\tb", "x".repeat(8000)];

const literal = (text: string): string => {
  const escaped = text.replace(/[\\"$]/g, "\\$&").replaceAll("\n", "\\n");
  return `"${escaped.replaceAll("\t", "\\t")}"`;
};

test("Proxmox gets such texts as they are, and the second run finds them so", async () => {
  const guests = TEXTS.map(
    (text, i) => `
ct ${100 + i} c${i} {
  image = "local:vztmpl/x.tar.zst"
  description = ${literal(text)}
  disk root { size = 1GiB, storage = local-lvm }
}
vm ${200 + i} v${i} {
  description = ${literal(text)}
}`,
  );
  const commands = LINES.map(
    (text, i) => `
ct ${300 + i} r${i} {
  image = "local:vztmpl/x.tar.zst"
  state = running
  disk root { size = 1GiB, storage = local-lvm }
  raw { "lxc.environment" = ${literal(text)} }
  check c { run = ${literal(text)}, retries = 0 }
}
vm ${400 + i} a${i} {
  options { args = ${literal(text)} }
}`,
  );
  const { plan, script } = await compileSource([...guests, ...commands].join("\n"));
  const { first, second, state } = await rehearse(script, presupposed(plan), { twice: true });
  assert.is(first.code, 0, first.stdout.slice(-2000) + first.stderr);
  assert.equal([second?.code, second?.mutating], [0, 0], second?.stdout);
  const checked = first.commands.filter(({ argv }) => argv[1] === "exec").map(({ argv }) => argv.at(-1));
  assert.equal(checked, LINES);
  const linesOf = (path: string): readonly string[] =>
    (state.files[`/etc/pve/nodes/pve/${path}.conf`] ?? "").split("\n");
  for (const [i, text] of LINES.entries()) {
    assert.ok(linesOf(`qemu-server/${400 + i}`).includes(`args: ${text}`), text);
    assert.ok(linesOf(`lxc/${300 + i}`).includes(`lxc.environment: ${text}`), text);
  }
});

test("white space that Proxmox would drop is refused, because such a value would differ for ever", async () => {
  await expectFindings(`
vm 101 a { options { args = " x" } } # PHX3045
vm 102 b { options { args = "x\\t" } } # PHX3045
ct 103 c { raw { "lxc.environment" = "x " } } # PHX3045
ct 104 d { mount "/srv/d" { at = "/d " } } # PHX3045
storage nfs ee { server = "nas ", export = "/srv" } # PHX3045
`);
});

test.run();
