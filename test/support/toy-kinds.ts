import type { KindSpec, OptionSpec, OptionType, SectionSpec } from "../../src/plugin-api/index.js";

/** Small kinds for tests of the checker: every type of attribute, every way of repeating blocks. */

const MIB = 2 ** 20;

export function option(type: OptionType, more: Partial<OptionSpec> = {}): OptionSpec {
  return { type, doc: "A test.", ...more };
}

const word: OptionType = { type: "string", pattern: "[a-z][a-z0-9_-]*", describe: "a word in lower case" };

const net: SectionSpec = {
  doc: "A network interface.",
  args: [{ name: "network", type: { type: "ref", kinds: ["network"] }, doc: "Its network." }],
  options: {
    ip: option({
      type: "union",
      of: [{ type: "enum", values: ["dhcp", "none"] }, { type: "ip" }, { type: "cidr", host: true }],
    }),
    mac: option({ type: "mac" }),
    vlan: option({ type: "int", min: 1, max: 4094 }, { pve: "tag" }),
  },
  sections: {},
};

const disk: SectionSpec = {
  doc: "A disk.",
  args: [{ name: "name", type: word, doc: "Its name." }],
  options: {
    size: option({ type: "size", min: MIB, multipleOf: MIB }, { required: true }),
    storage: option({ type: "ref", kinds: ["storage"], loose: true }),
  },
  sections: {},
};

const rule: SectionSpec = {
  doc: "A firewall rule.",
  args: [
    { name: "action", type: { type: "enum", values: ["accept", "drop"] }, doc: "What happens." },
    {
      name: "match",
      type: { type: "union", of: [{ type: "int" }, { type: "ref", kinds: ["vm", "ct"], loose: true }] },
      doc: "What it is for.",
      optional: true,
      rest: true,
    },
  ],
  repeat: "any",
  options: { comment: option({ type: "string" }) },
  sections: {},
};

const sections: Readonly<Record<string, SectionSpec>> = {
  net,
  disk,
  boot: {
    doc: "How it starts.",
    args: [],
    repeat: "once",
    options: {
      start: option({ type: "bool" }),
      order: option({ type: "int", min: 0 }),
      delay: option({ type: "duration", multipleOf: 1000 }),
    },
    sections: {},
  },
  firewall: { doc: "Its rules.", args: [], repeat: "once", options: {}, sections: { in: rule } },
  raw: {
    doc: "Raw lines.",
    args: [],
    repeat: "once",
    options: {},
    sections: {},
    free: { pattern: "lxc\\.[a-z.]+", describe: "keys of LXC: `lxc.*`", option: option({ type: "string" }) },
  },
};

const options: Readonly<Record<string, OptionSpec>> = {
  cores: option({ type: "int", min: 1, max: 128 }, { pve: "cores" }),
  weight: option({ type: "number", min: 0, max: 10 }),
  memory: option({ type: "size", min: 16 * MIB, multipleOf: MIB }, { pve: "memory" }),
  timeout: option({ type: "duration", min: 1000, max: 60_000 }),
  description: option({ type: "string", multiline: true, maxLength: 200 }, { pve: "description" }),
  label: option({ type: "string", minLength: 1 }),
  version: option({ type: "string", pattern: "\\d+\\.\\d+", describe: "a version such as 8.1" }),
  tags: option({ type: "list", of: word, unique: true }),
  ports: option({ type: "list", of: { type: "int", min: 1, max: 65535 } }),
  cache: option({ type: "enum", values: ["none", "writeback", "unsafe"] }),
  ostype: option({ type: "enum", values: ["l26", "4m"] }),
  dns: option({ type: "list", of: { type: "ip" } }),
  gateway: option({ type: "ip" }, { removable: true }),
  address: option({ type: "cidr", host: true }),
  pci: option({ type: "pci" }),
  owner: option({ type: "ownership" }),
  path: option({ type: "path" }),
  span: option({ type: "range", of: "int" }),
  pool: option({ type: "range", of: "ip" }),
  env: option({ type: "map", of: { type: "string" } }),
  agent: option({ type: "bool" }, { pve: "agent" }),
  token: option({ type: "secret" }),
  tokens: option({ type: "list", of: { type: "secret" } }),
  clone: option({ type: "ref", kinds: ["vm", "ct"] }),
  image: option({ type: "union", of: [{ type: "path" }, { type: "ref", kinds: ["image"] }] }),
  needs: option({ type: "list", of: { type: "ref", kinds: ["vm", "ct", "network", "image", "storage"] } }),
};

const guest = {
  doc: "A guest.",
  args: [
    { name: "id", type: { type: "int", min: 100, max: 999_999_999 }, doc: "Its id." },
    { name: "name", type: { type: "string", pattern: "[A-Za-z0-9-]+", describe: "a DNS name" }, doc: "Its name." },
  ],
  identity: { id: "id", name: "name" },
  idSpace: "guest",
  nameSpace: "guest",
  profiles: true,
  sections,
} as const;

const named = {
  args: [{ name: "name", type: word, doc: "Its name." }],
  identity: { name: "name" },
  sections: {},
} as const;

const list: readonly KindSpec[] = [
  { ...guest, keyword: "vm", options },
  {
    ...guest,
    keyword: "ct",
    options: {
      cores: options["cores"] ?? option({ type: "int" }),
      swap: option({ type: "size" }),
      needs: options["needs"] ?? option({ type: "int" }),
    },
  },
  {
    ...named,
    keyword: "network",
    doc: "A network.",
    options: {
      bridge: option(word),
      subnet: option({ type: "cidr" }, { required: true }),
      gateway: option({ type: "ip" }),
      dns: option({ type: "list", of: { type: "ip" } }),
    },
  },
  { ...named, keyword: "image", doc: "An image.", options: { url: option({ type: "string" }) } },
  {
    keyword: "storage",
    doc: "A storage.",
    args: [
      { name: "type", type: { type: "enum", values: ["dir", "zfspool"] }, doc: "Its type." },
      { name: "id", type: word, doc: "Its id." },
    ],
    identity: { name: "id" },
    options: { needs: options["needs"] ?? option({ type: "int" }) },
    sections: {},
    edges: (resource) => (resource.name === "linked" ? [{ to: "image.noble", reason: "link" }] : []),
  },
];

/** The toy kinds by keyword. */
export const toyKinds: ReadonlyMap<string, KindSpec> = new Map(list.map((kind) => [kind.keyword, kind]));
