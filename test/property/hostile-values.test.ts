import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, emit } from "../../src/compile.js";
import { memoryFiles } from "../../src/host/files.js";
import type { OptionType, SectionSpec } from "../../src/plugin-api/index.js";
import { kindsOf, plugins } from "../../src/plugins/index.js";
import { inFolder } from "../support/folder.js";

const test = suite("hostile values");

/** Text that means something to a shell, a pattern, an option parser, a property string or a terminal. */
const HOSTILE: readonly string[] = [
  `'"'\\''"$'x'`,
  "$(touch canary)`touch canary`${HOME}",
  "a\ntouch canary\nEND\n",
  "; touch canary & | > x < y",
  "%s%n%d%25",
  "--delete",
  "-rf",
  "ü漢字🐘\u202e\u0085",
  "* ? [a] ~ !x #y",
  "a,ro=1,mp=/etc",
  "\\n\\$\\",
  "x".repeat(10_000),
];

/** A value with which a kind compiles, for what its examples need besides the attribute under test. */
const REQUIRED: Readonly<Record<string, string>> = {
  host: "host h1 { @ }",
  network: "network lan { bridge = vmbr0, @ }",
  pool: 'pool tank { raid = single, disks = ["/dev/disk/by-id/a"], @ }',
  dataset: "dataset tank/data { @ }",
  storage: 'storage dir files { path = "/srv/files", @ }',
  image: 'image noble { url = "https://images.example/noble.img", @ }',
  vm: 'vm 101 web { image = "/srv/x.img", disk root { size = 8GiB, storage = local-lvm }, @ }',
  ct: 'ct 101 web { image = "local:vztmpl/x.tar.zst", disk root { size = 8GiB, storage = local-lvm }, @ }',
};

/** Other samples, for attributes that the ordinary ones cannot have. */
const SAMPLES: Readonly<Record<string, string>> = {
  "storage.server": 'storage nfs files { export = "/srv", @ }',
  "storage.export": 'storage nfs files { server = "nas", @ }',
  "storage.options": 'storage nfs files { server = "nas", export = "/srv", @ }',
  "storage.share": 'storage cifs files { server = "nas", @ }',
  "storage.vgname": "storage lvm files { @ }",
  "storage.thinpool": 'storage lvmthin files { vgname = "pve", @ }',
  "storage.pool": "storage zfspool files { @ }",
  "storage.dataset": "storage zfspool files { @ }",
  "image.template": "image base { @ }",
  "image.path": "image base { @ }",
};

/** The heads and other attributes of nested blocks. */
const BLOCKS: Readonly<Record<string, string>> = {
  net: "net lan { @ }",
  disk: "disk data { size = 1GiB, @ }",
  mount: 'mount "/srv/data" { at = "/data", @ }',
  device: 'device "/dev/kvm" { @ }',
  check: "check c { @ }",
  volume: "volume nfs v { @ }",
  feature: "feature f { @ }",
  in: "in accept tcp 22 { @ }",
  out: "out accept tcp 22 { @ }",
};

const NETWORK = "network lan { bridge = vmbr0, subnet = 10.0.0.0/24 }\n";

interface Place {
  readonly name: string;
  readonly type: OptionType;
  /** The source with a hostile string in this place. */
  readonly source: (text: string) => string;
}

function takesText(type: OptionType): boolean {
  if (type.type === "list" || type.type === "map") return takesText(type.of);
  if (type.type === "union") return type.of.some(takesText);
  return !["bool", "int", "number", "size", "duration"].includes(type.type);
}

function valueFor(type: OptionType, text: string): string {
  if (type.type === "list") return `[${valueFor(type.of, text)}]`;
  if (type.type === "map") return `{ k = ${valueFor(type.of, text)} }`;
  return literal(text);
}

/** A string of the language that means exactly this text. */
function literal(text: string): string {
  const escaped = text.replace(/[\\"$]/g, "\\$&").replaceAll("\n", "\\n");
  return `"${escaped.replace(/[\u0085\u202e]/g, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)}"`;
}

/** Puts entries into a body, instead of the attribute that they set where the sample sets it already. */
type Wrap = (body: string, instead?: string) => string;

function filled(sample: string, body: string, instead?: string): string {
  const rest =
    instead === undefined ? sample : sample.replace(new RegExp(` ${instead} = ("[^"]*"|\\[[^\\]]*\\]|[\\w-]+),`), "");
  return rest.replace("@", () => body);
}

/** Every place of a body where text may stand: attributes, free names, arguments of nested blocks. */
function placesOf(spec: SectionSpec, path: string, wrap: Wrap): readonly Place[] {
  const options = Object.entries(spec.options)
    .filter(([, { type }]) => takesText(type))
    .map(([name, { type }]) => ({
      name: `${path}.${name}`,
      type,
      source: (text: string) => wrap(`${name} = ${valueFor(type, text)}`, name),
    }));
  const { free } = spec;
  const freeName = path.endsWith("raw") ? '"lxc.environment"' : "name";
  const ofFree =
    free === undefined
      ? []
      : [
          {
            name: `${path}.*`,
            type: free.option.type,
            source: (text: string) => wrap(`${freeName} = ${literal(text)}`),
          },
          { name: `${path}.(name)`, type: free.option.type, source: (text: string) => wrap(`${literal(text)} = "x"`) },
        ];
  const inner = Object.entries(spec.sections).flatMap(([keyword, section]) => [
    ...placesOf(section, `${path}.${keyword}`, (body, instead) =>
      wrap(filled(BLOCKS[keyword] ?? headOf(keyword, section), body, instead)),
    ),
    ...section.args.map((arg, i) => ({
      name: `${path}.${keyword}(${arg.name})`,
      type: arg.type,
      source: (text: string) => wrap(blockWithArgument(keyword, section, i, text)),
    })),
  ]);
  return [...options, ...ofFree, ...inner];
}

function headOf(keyword: string, section: SectionSpec): string {
  return `${[keyword, ...section.args.filter(({ optional }) => optional !== true).map(({ type }) => sampleOf(type))].join(" ")} { @ }`;
}

function sampleOf(type: OptionType): string {
  if (type.type === "enum") return type.values[0] ?? "x";
  return type.type === "int" ? "101" : "sample";
}

function blockWithArgument(keyword: string, section: SectionSpec, index: number, text: string): string {
  const args = section.args.map(({ type }, i) => (i === index ? literal(text) : sampleOf(type)));
  return `${[keyword, ...args].join(" ")} { ${keyword === "mount" ? 'at = "/x"' : ""} }`;
}

/** What a text begins with that a type takes: hostile ones are tried behind it as well. */
function beginningsOf(type: OptionType): readonly string[] {
  if (type.type === "list" || type.type === "map") return beginningsOf(type.of);
  if (type.type === "union") return [...new Set(type.of.flatMap(beginningsOf))];
  if (type.type === "path") return ["", "/"];
  if (type.type === "ref" && type.kinds.includes("image")) return ["", "/", "local:vztmpl/"];
  if (type.type !== "string" || type.pattern === undefined) return [""];
  return [
    "",
    ...["https://x.example/", "/dev/"].filter((start) => type.pattern?.startsWith(start.slice(0, 4)) === true),
  ];
}

/** Ends of firewall rules: names are resolved, and their arguments are not the plain ones of other blocks. */
const FIREWALL: readonly Place[] = ["from", "to"].map((word) => ({
  name: `ct.firewall.in ${word}`,
  type: { type: "string" },
  source: (text) =>
    `${NETWORK}${REQUIRED["ct"]?.replace("@", () => `firewall { in accept tcp 22 ${word} ${literal(text)} }`) ?? ""}`,
}));

const KINDS = [...kindsOf(plugins)].flatMap(([keyword, kind]) => {
  const whole = REQUIRED[keyword] ?? headOf(keyword, kind);
  const network = keyword === "network" ? "" : NETWORK;
  return placesOf(
    kind,
    keyword,
    (body, instead) => network + filled(SAMPLES[`${keyword}.${instead}`] ?? whole, body, instead),
  );
});

const PLACES: readonly Place[] = [...KINDS, ...FIREWALL];

/** Functions in place of the runtime: each prints what it is given, and what it is fed. */
const RECORDER = `set -u
record() { printf '%s\\0' "$@" END-OF-CALL; }
`;

const FED: ReadonlySet<string> = new Set(["managed_file"]);

/** The calls of a script's steps, as a real bash makes them. */
function callsOf(script: string, cwd: string): readonly (readonly string[])[] {
  const steps = script.slice(script.indexOf("\nsteps() {"), script.indexOf("\nmain() {"));
  const verbs = new Set([...steps.matchAll(/^\t([a-z_]+)(?: |$)/gm)].map(([, verb]) => verb ?? ""));
  const functions = [...verbs].map((verb) => {
    const fed = FED.has(verb) ? ' "$(cat; echo .)"' : "";
    return `${verb}() { record ${verb} "$@"${fed}; }\n`;
  });
  const input = `${RECORDER}${functions.join("")}${steps}\nsteps\n`;
  const ran = spawnSync("bash", ["-s"], {
    cwd,
    input,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], LC_ALL: "C" },
  });
  assert.equal([ran.status, ran.stderr], [0, ""], steps);
  assert.not(existsSync(join(cwd, "canary")), steps);
  const words = ran.stdout.split("\0").slice(0, -1);
  const calls: string[][] = [[]];
  for (const word of words) {
    if (word === "END-OF-CALL") calls.push([]);
    else calls.at(-1)?.push(word);
  }
  return calls.slice(0, -1);
}

/** Commands and texts of a plan: what a step's call has to hold, word by word. */
async function compiled(
  source: string,
): Promise<{ readonly script: string; readonly words: readonly string[]; readonly steps: number } | undefined> {
  const { plan, model, registry, diagnostics } = await compile({
    entry: "main.phx",
    files: memoryFiles({ "main.phx": source }),
  });
  if (plan === undefined || model === undefined) {
    assert.ok(diagnostics.some(({ severity }) => severity === "error"));
    return undefined;
  }
  const { value } = await emit({ plan, model, registry }, "bash", { version: "0" });
  const words = plan.steps.flatMap(({ probe, commands }) => [
    ...commands.flat(),
    ...(probe.kind === "file" ? [`${probe.content}.`] : []),
    ...(probe.kind === "raw-lines"
      ? probe.lines.flatMap(({ key, values }) => values.map((text) => `${key}: ${text}`))
      : []),
    ...(probe.kind === "check" && probe.test.type === "http" ? [probe.test.url] : []),
  ]);
  return { script: value, words, steps: plan.steps.length };
}

test("every place that takes text refuses a hostile one, or hands it on as one literal word", async () => {
  const literalPlaces = new Set<string>();
  await inFolder({}, async (folder) => {
    for (const { name, type, source } of PLACES) {
      const texts = beginningsOf(type).flatMap((start) => HOSTILE.map((text) => start + text));
      for (const text of texts) {
        const made = await compiled(source(text));
        if (made === undefined) continue;
        literalPlaces.add(name);
        const calls = callsOf(made.script, folder);
        const shown = `${name} = ${text.slice(0, 80)}`;
        assert.is(calls.filter(([verb]) => verb === "step").length, made.steps, shown);
        const received = new Set(calls.flat());
        for (const word of made.words) {
          assert.ok(!word.includes(text.trim()) || received.has(word), `${shown}: ${word.slice(0, 200)}`);
        }
      }
    }
  });
  console.log(
    `  ${PLACES.length} places, ${literalPlaces.size} of them take such text: ${[...literalPlaces].join(", ")}`,
  );
  assert.ok(PLACES.length > 150);
});

test("what becomes a part of one of Proxmox's property strings cannot begin another part", async () => {
  const parts = [
    ...[
      "ct.mount(path)",
      "ct.mount.at",
      "ct.disk.at",
      "ct.disk.storage",
      "ct.device(path)",
      "ct.net.device",
      "ct.net.bridge",
    ],
    ...["vm.disk.storage", "vm.disk.slot", "vm.image", "vm.net.bridge", "vm.serial", "image.path", "image.url"],
  ];
  for (const name of parts) {
    const place = PLACES.find((candidate) => candidate.name === name);
    assert.ok(place, name);
    for (const start of ["", "/", "/dev/", "https://x.example/", "local:"]) {
      assert.is(await compiled(place.source(`${start}a,ro=1`)), undefined, `${name} ${start}`);
    }
  }
  const bare = PLACES.filter(({ name }) => name === "ct.mount(path)" || name === "ct.device(path)");
  for (const { source } of bare) assert.is(await compiled(source("/dev/a=b")), undefined);
});

test.run();
