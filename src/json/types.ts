/** The JSON Schema of a type: the keywords that types use. */
export interface TypeSchema {
  readonly type?: TypeWord | readonly TypeWord[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly items?: TypeSchema;
  readonly additionalProperties?: TypeSchema;
}

type TypeWord = "string" | "integer" | "number" | "boolean" | "array" | "object";

/**
 * The type of a field. Shapes varied over the months, so most types accept several spellings; `describe` completes
 * "must be ...". Scalars use keyword sets instead of `anyOf`, so that one wrong value is one error.
 */
export interface FieldType {
  readonly describe: string;
  readonly schema: TypeSchema;
}

const IPV4 = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])){3}";
const IPV6 = "[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f]{0,4}){2,7}";
const PREFIX = "/(12[0-8]|1[01][0-9]|[0-9]?[0-9])";
const ADDRESS = `(${IPV4}|${IPV6})`;
const SEPARATOR = "[ ,;]+";

function whole(pattern: string): string {
  return `^(${pattern})$`;
}

/** One or more of a pattern in one text, separated by blanks or commas. */
function several(pattern: string): string {
  return whole(`[ ]*${pattern}(${SEPARATOR}${pattern})*[ ]*`);
}

/** A whole number, also as text (`"4096"`). */
export function int(minimum: number, maximum: number): FieldType {
  return {
    describe: `a whole number from ${minimum} to ${maximum}`,
    schema: { type: ["integer", "string"], minimum, maximum, pattern: "^[0-9]{1,9}$" },
  };
}

function text(describe: string, pattern: string): FieldType {
  return { describe, schema: { type: "string", pattern } };
}

/** One element or a list of them. */
function oneOrMore(describe: string, item: TypeSchema, single: string): FieldType {
  return { describe, schema: { type: ["array", "string"], items: item, pattern: single } };
}

export const TYPES = {
  bytes: {
    describe: "a number of bytes",
    schema: { type: ["integer", "string"], minimum: 0, pattern: "^[0-9]{1,15}$" },
  },
  /** Whatever stands there: for fields that phxc does not compile. */
  any: { describe: "anything", schema: {} },
  text: { describe: "text", schema: { type: "string" } },
  name: text("a name of letters, digits, `-`, `_`, `.`", "^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$"),
  word: text("one word without blanks", "^[^\\s]+$"),
  bool: {
    describe: "`true` or `false`",
    schema: {
      type: ["boolean", "string", "integer"],
      minimum: 0,
      maximum: 1,
      pattern: "^([Tt]rue|[Ff]alse|[Yy]es|[Nn]o|[Oo]n|[Oo]ff|0|1)$",
    },
  },
  id: {
    describe: "the id of a guest, a whole number from 100 to 999999999",
    schema: { type: ["integer", "string"], minimum: 100, maximum: 999999999, pattern: "^[1-9][0-9]{2,8}$" },
  },
  ids: oneOrMore(
    "a list of guest ids",
    { type: ["integer", "string"], minimum: 1, pattern: "^[0-9]{1,9}$" },
    several("[0-9]{1,9}"),
  ),
  ip: text("an IP address without prefix, such as `10.0.0.1`", whole(ADDRESS)),
  cidr: text("a network such as `10.0.0.0/24`", whole(`${ADDRESS}${PREFIX}`)),
  ipMaybePrefix: text("an IP address, with or without prefix", whole(`${ADDRESS}(${PREFIX})?`)),
  guestIp: text(
    "`dhcp`, `auto`, `none`, or an IP address such as `10.0.0.5/24`",
    whole(`dhcp|auto|none|manual|${ADDRESS}(${PREFIX})?`),
  ),
  idRange: text("a range of ids such as `905..909`", whole("[1-9]\\d{2,8}\\.\\.[1-9]\\d{2,8}")),
  ipRange: text("a range of IP addresses such as `10.0.0.150..10.0.0.199`", whole(`${ADDRESS}\\.\\.${ADDRESS}`)),
  ips: oneOrMore("an IP address or a list of them", { type: "string", pattern: whole(ADDRESS) }, several(ADDRESS)),
  guestMac: text("`auto`, or a MAC address such as `52:54:00:AA:BB:CC`", "^(auto|[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5})$"),
  macPrefix: text("one to five octets such as `02:50:00`", "^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){0,4}$"),
  path: text("an absolute path", "^/[^\\u0000]*$"),
  anyPath: text("a path", "^[^\\u0000]+$"),
  paths: oneOrMore("a list of absolute paths", { type: "string", pattern: "^/" }, "^/[^ ,;]*([ ,;]+/[^ ,;]*)*$"),
  texts: { describe: "a list of texts", schema: { type: ["array", "string"], items: { type: "string" } } },
  contents: oneOrMore(
    "a list of content types, such as `images,rootdir`",
    { type: "string", pattern: "^[a-z]+$" },
    several("[a-z]+"),
  ),
  features: {
    describe: "a list of features, or the old text form `nesting=1,keyctl=1`",
    schema: {
      type: ["array", "string"],
      items: { type: "string", pattern: "^[A-Za-z0-9_.-]+$" },
      pattern: several("[A-Za-z0-9_.-]+(=[A-Za-z0-9_.;-]*)?"),
    },
  },
  gpus: {
    describe: "`none`, or the numbers of the GPUs, such as `0,1`",
    schema: {
      type: ["string", "integer", "array"],
      minimum: 0,
      maximum: 255,
      items: { type: ["integer", "string"], minimum: 0, maximum: 255, pattern: "^[0-9]{1,3}$" },
      pattern: whole(`none|[ ]*[0-9]{1,3}(${SEPARATOR}[0-9]{1,3})*[ ]*`),
    },
  },
  ports: {
    describe: "a port, a list or a range of ports: `443`, `80,443`, `8000:8010`",
    schema: {
      type: ["string", "integer", "array"],
      minimum: 1,
      maximum: 65535,
      items: { type: ["string", "integer"], minimum: 1, maximum: 65535, pattern: "^[0-9]{1,5}$" },
      pattern: whole(`[0-9]{1,5}([:-][0-9]{1,5})?([ ]*,[ ]*[0-9]{1,5}([:-][0-9]{1,5})?)*`),
    },
  },
  direction: text("`in` or `out`", "^([iI][nN]|[oO][uU][tT])$"),
  action: text(
    "`ACCEPT`, `DROP` or `REJECT`",
    "^([aA][cC][cC][eE][pP][tT]|[dD][rR][oO][pP]|[rR][eE][jJ][eE][cC][tT])$",
  ),
  proto: text("a protocol such as `tcp`", "^[A-Za-z0-9-]+$"),
  firewallEnd: text("an address, a network, or a name", "^[^\\s]+$"),
  properties: {
    describe: "properties as `name=value,name=value` or as an object",
    schema: { type: ["string", "object"], additionalProperties: { type: ["string", "number", "boolean"] } },
  },
  netText: {
    describe: "an object, or the old text form `address,gateway,nameserver`",
    schema: {
      type: ["object", "string"],
      pattern: whole(`[ ]*(dhcp|${ADDRESS}(${PREFIX})?)([ ]*,[ ]*${ADDRESS}){0,2}[ ]*`),
    },
  },
  object: { describe: "an object", schema: { type: "object" } },
  list: { describe: "a list", schema: { type: "array" } },
  objectOrList: { describe: "an object or a list of objects", schema: { type: ["object", "array"] } },
  textOrObject: { describe: "a name, or an object with `name`", schema: { type: ["string", "object"] } },
} as const satisfies Readonly<Record<string, FieldType>>;

export type TypeName = keyof typeof TYPES;
