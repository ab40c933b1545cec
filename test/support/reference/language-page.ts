import { functionUsages } from "../../../src/checker/functions.js";
import { describeType } from "../../../src/checker/values.js";
import { compile, memoryFiles } from "../../../src/index.js";
import type { OptionType } from "../../../src/plugin-api/index.js";
import { code, grid } from "./text.js";

/** What a function is for, and an expression whose value the page shows. */
interface FunctionNotes {
  readonly doc: string;
  readonly example: string;
}

/** By name; those of the checker, each with a sentence. */
export const functionNotes: Readonly<Record<string, FunctionNotes>> = {
  file: { doc: "The text of a file of the project.", example: 'lower(file("motd.txt"))' },
  env: {
    doc: "A variable of the environment, or what is said instead; the header of the plan lists it.",
    example: 'env("SITE", "north")',
  },
  pad: { doc: "A number with zeros before it.", example: "pad(7, 3)" },
  join: {
    doc: "The elements of a list as one text, with commas unless said otherwise.",
    example: 'join(["a", "b"], " + ")',
  },
  fill: {
    doc: "A text with its places `${NAME}` filled; other places stay.",
    example: 'fill(file("greeting.txt"), { HOST = "web" })',
  },
  lower: { doc: "A text in lower case.", example: 'lower("WEB-1")' },
  cidrhost: { doc: "The address of a number in a net.", example: "cidrhost(10.0.0.0/24, 10)" },
  sha256: { doc: "The digest of a text, in hexadecimal digits.", example: 'sha256("web")' },
};

/** What the expressions of this page read. */
const FILES = { "motd.txt": "Welcome", "greeting.txt": "This is ${HOST} of ${DOMAIN}" };

/** The value of an expression, as a text in a plan has it. */
export async function valueOfExpression(expression: string): Promise<string | undefined> {
  const source = `let value = ${expression}\nct 101 web {\n  image = "local:vztmpl/a.tar.zst"\n  disk root { size = 8GiB, storage = local-lvm }\n  description = "\${value}"\n}\n`;
  const { plan, diagnostics } = await compile({
    entry: "main.phx",
    files: memoryFiles({ "main.phx": source, ...FILES }),
    env: () => undefined,
  });
  if (plan === undefined) throw new Error(`${expression}: ${diagnostics.map(({ message }) => message).join("; ")}`);
  const pairs = plan.steps.flatMap(({ probe }) => (probe.kind === "options" ? probe.wanted : []));
  return pairs.find(({ option }) => option === "description")?.value;
}

const TYPES: readonly (readonly [OptionType, string])[] = [
  [{ type: "bool" }, "`true`, `false`"],
  [{ type: "int" }, "`4`"],
  [{ type: "number" }, "`0.5`"],
  [{ type: "size" }, "`512MiB`, `8GiB`, `1.5T`: K, M, G, T and KiB to TiB, all binary; a unit is needed"],
  [{ type: "duration" }, "`250ms`, `5s`, `2m`, `1h`, `7d`: one unit"],
  [{ type: "string" }, '`"text"` with `${expression}` in it; `"""` and `\'\'\'` for several lines'],
  [{ type: "enum", values: ["lz4", "zstd"] }, "a word: `zstd`"],
  [{ type: "ip" }, "`10.0.0.5`, `fd00::5`"],
  [{ type: "cidr", host: true }, "`10.0.0.5/24`"],
  [{ type: "cidr" }, "`10.0.0.0/24`"],
  [{ type: "mac" }, "`52:54:00:12:34:56`"],
  [{ type: "pci" }, "`0000:01:00.0`; `0000:01:00`, all of its functions"],
  [{ type: "ownership" }, "`33:33`"],
  [{ type: "path" }, '`"/srv/media"`'],
  [{ type: "range", of: "int" }, "`8000..8010`"],
  [{ type: "list", of: { type: "int" } }, "`[80, 443]`"],
  [{ type: "map", of: { type: "string" } }, "`{ key = value }`"],
  [{ type: "ref", kinds: ["network"] }, "its name: `lan`"],
  [{ type: "secret" }, '`secret("env:NAME")`, `secret("file:/path")`, `secret("cmd:COMMAND")`'],
];

/** The page of the language. */
export async function languagePage(): Promise<string> {
  const functions = await Promise.all(
    [...functionUsages()].map(async ([name, usage]) => {
      const { doc = "", example = "" } = functionNotes[name] ?? {};
      return [code(usage), doc, code(example), code((await valueOfExpression(example)) ?? "")];
    }),
  );
  return `# The language

\`\`\`phx
${EXAMPLE}\`\`\`

A file holds **blocks** (a keyword, arguments, a body in braces) and in them **attributes** (\`name = value\`). A comma or the end of a line
separates them. \`#\` and \`//\` begin a comment. What the files do not say is not touched; \`absent\` says that something is not to be set.

## What stands at the top of a file

${grid([
  ["form", "what it does"],
  ['`import "net.phx"`', "takes another file of the project in, or all of a folder"],
  ["`param NAME: TYPE = DEFAULT`", "a value that `--set NAME=VALUE`, `--params FILE` or `PHX_PARAM_NAME` can give"],
  ["`let NAME = EXPRESSION`", "a name for a value; in any body"],
  ['`assert EXPRESSION "message"`', "a finding unless it holds; in any body"],
  ["`for NAME in LIST { ... }`", "its body once for each element of a list or range; `for K, V in MAP`; in any body"],
  ["`profile NAME { ... }`", "what guests that say `extends NAME` have in common ([modular.md](../modular.md))"],
])}

A block may end its head with \`when EXPRESSION\`: it is there only if that holds.

## Values

${grid([["value", "how it is written"], ...TYPES.map(([type, written]) => [describeType(type), written])])}

## Operators

Loosest first: \`? :\`, \`||\`, \`&&\`, \`== !=\`, \`< <= > >=\`, \`..\`, \`+ -\`, \`* / %\`, \`! -\`. An address plus a number is an address, a
size times a number a size. \`web.ip\` is what another block says, \`self.id\` what this one does. Names may hold \`-\` and \`/\`, so that
operators stand between blanks.

## Functions

${grid([["function", "its value", "example", "gives"], ...functions])}

\`has(PATH)\` tells whether an attribute is set, \`secret(PLACE)\` stands for a value that is read when the script runs
([script.md](../script.md#secrets)). There is no clock, no randomness and no network: the same files give the same plan.
`;
}

const EXAMPLE = `param count: int = 2

let first = 10.0.0.20

network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.1 }

profile small {
  image = "local:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst"
  memory = 512MiB
  disk root { size = 8GiB, storage = local-lvm }
}

for n in 1..count {
  ct (200 + n) "web-\${n}" extends small {
    description = "number \${pad(n, 2)} of \${count}"
    net lan { ip = first + n }
  }
}

assert count < 50 "more than fifty do not fit"
`;
