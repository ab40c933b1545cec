import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { memoryFiles } from "../../src/host/files.js";

const test = suite("firewall lines");

/** Texts that would begin a line, a rule or a section of their own, or end a comment. */
const PARTS = [
  "\n",
  "\r",
  "\u0085",
  "\u2028",
  "\u0000",
  "\t",
  "\\",
  '"',
  "#",
  "|",
  "IN ACCEPT",
  "[RULES]",
  "[group x]",
  "'",
  "é",
  "\u202e",
];

/** A text of some parts, decided by its number. */
function textOf(seed: number): string {
  let state = seed + 1;
  return Array.from({ length: 1 + (seed % 5) }, () => {
    state = (state * 48271) % 2147483647;
    return PARTS[state % PARTS.length] ?? "";
  }).join("");
}

const quoted = (text: string): string =>
  `"${[...text].map((char) => (/[a-zA-Z0-9 ]/.test(char) ? char : `\\u{${char.codePointAt(0)?.toString(16)}}`)).join("")}"`;

const RULE =
  /^\|?(?:(?:IN|OUT) (?:ACCEPT|DROP|REJECT|[A-Za-z0-9]+\((?:ACCEPT|DROP|REJECT)\))|GROUP [a-z][a-z0-9_-]+)(?: -\S+ \S+)*(?: # .+)?$/;
const MEMBER = /^!?[0-9a-f.:/]+(?: # .+)?$/;
const ALIAS = /^[a-z][a-z0-9_-]+ [0-9a-f.:/]+(?: # .+)?$/;
const HEAD = /^\[(?:OPTIONS|ALIASES|RULES|IPSET [a-z][a-z0-9_-]+|group [a-z][a-z0-9_-]+)\](?: # .+)?$/;

function source(comment: string): string {
  return `
host pve1 { node = pve1 }
network lan { bridge = vmbr0, subnet = 10.0.0.0/24 }
alias router { address = 10.0.0.1, comment = ${comment} }
ipset admins { comment = ${comment}
  member 10.0.0.2 { comment = ${comment} } }
group web { comment = ${comment}
  in accept Web from admins { comment = ${comment} } }
ct 101 web {
  image = "local:vztmpl/debian-13.tar.zst"
  disk root { size = 8GiB, storage = local-lvm }
  net lan { ip = 10.0.0.5, firewall = true }
  firewall {
    alias dns { address = 10.0.0.53, comment = ${comment} }
    ipset peers { comment = ${comment}
      member 10.0.0.9 { comment = ${comment} } }
    group web { comment = ${comment} }
    in accept tcp 22 from router { comment = ${comment} }
    in drop icmp from peers { comment = ${comment}, icmp_type = echo-request }
    out accept udp 53 to dns { comment = ${comment} }
  }
}`;
}

/** The lines of a plan that become lines of firewall files, with what each has to be. */
async function lines(comment: string): Promise<readonly string[] | undefined> {
  const { plan } = await compile({ entry: "main.phx", files: memoryFiles({ "main.phx": source(comment) }) });
  return plan?.steps.flatMap(({ probe }) => {
    if (probe.kind === "firewall-piece") return probe.lines;
    return probe.kind === "file" ? probe.content.split("\n").slice(1, -1) : [];
  });
}

test("no comment makes a line of its own, nor loses one", async () => {
  const plain = await lines('"x"');
  assert.ok(plain);
  let compiled = 0;
  for (let seed = 0; seed < 60; seed++) {
    const text = textOf(seed);
    const made = await lines(quoted(text));
    if (made === undefined) continue;
    compiled++;
    const shown = JSON.stringify(text);
    assert.is(made.length, plain.length, shown);
    for (const line of made) {
      const isKnown = [RULE, MEMBER, ALIAS, HEAD].some((form) => form.test(line)) || /^(?:enable: 1)?$/.test(line);
      assert.ok(isKnown, `${shown}: ${JSON.stringify(line)}`);
      assert.not.match(line, /[\n\r\0\u0085\u2028\u202e]/u, shown);
    }
  }
  assert.ok(compiled > 20, String(compiled));
});

test("names that Proxmox would read as something else are refused", async () => {
  for (const name of ["Web", "w", "1web", "we b", "web]", "-web", "web\\n", "a".repeat(19), "wéb"]) {
    const { plan } = await compile({
      entry: "main.phx",
      files: memoryFiles({ "main.phx": `group "${name}" { in accept Web }` }),
    });
    assert.is(plan, undefined, name);
  }
});

test.run();
