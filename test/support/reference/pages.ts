import { COMMANDS } from "../../../src/cli/commands.js";
import { kinds } from "../model.js";
import { commandPage, commandTable } from "./command-page.js";
import { kindPage } from "./kind-page.js";
import { languagePage } from "./language-page.js";
import { code, grid } from "./text.js";
import { exitCodesPage } from "./exit-codes-page.js";

/** All pages of docs/reference, by their file names. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  const commands = await Promise.all(
    COMMANDS.map(
      async ({ name, summary, load }) => [`phxc-${name}.md`, commandPage(name, summary, await load())] as const,
    ),
  );
  return new Map([
    ["README.md", index()],
    ["language.md", await languagePage()],
    ["exit-codes.md", exitCodesPage()],
    ...[...kinds.values()].map((kind) => [`${kind.keyword}.md`, kindPage(kind)] as const),
    ...commands,
  ]);
}

function index(): string {
  const blocks = [...kinds.values()].map(({ keyword, doc }) => [`[${code(keyword)}](${keyword}.md)`, doc]);
  return `# The reference

These pages are made from the declarations that phxc itself checks files and command lines by, so that they cannot differ from it. The
[guide](../guide/README.md) goes by tasks instead.

## Blocks

${grid([["block", "what it is"], ...blocks])}

What has a _becomes_ is one of Proxmox's or ZFS's own options. Its effect on a running guest is _at once_, from its _next start_ on, or decided
at the _creation_ of the guest or volume; _since_ is the oldest release of Proxmox VE that knows it, where that is 8.1 or later and is known;
_default_ is what holds where nothing is set. Nothing that the files do not say is touched.

## The language

[Types, functions, profiles and loops](language.md)

## Commands

${commandTable()}

[What they end with](exit-codes.md)
`;
}
