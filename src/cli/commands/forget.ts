import { join } from "node:path";
import { forgettableLock } from "../../compile/lock.js";
import { forgettableOf } from "../../compile/memory.js";
import type { Forgettable } from "../../compile/memory.js";
import { didYouMean, suggestion } from "../../diagnostics/did-you-mean.js";
import { hasErrors } from "../../diagnostics/summary.js";
import type { Model } from "../../model/resource.js";
import { writeTogether } from "../../host/write.js";
import { visible } from "../../text/visible.js";
import { EXIT, isProblem, valueOf } from "../command.js";
import type { Arguments, Command, Problem } from "../command.js";
import { writeFailure } from "../deliver.js";
import { REPORT_OPTIONS, report, shortPath } from "../report.js";
import { SOURCE_OPTIONS, compileArguments, plansFolder } from "../sources.js";
import type { Terminal } from "../terminal.js";

/** `phxc forget` */
export const forgetCommand: Command = {
  usage: ["phxc forget [ENTRY] [ITEM...]"],
  about: `Drops items from the memory of the committed plan: what was declared once and is not any more stays on the host
as it is, and later plans do not mention it. An ITEM is a guest (vm.8001, its id or name), a thing of the host
(storage.vault, backup.nightly), or a part of one, as the list names it that is shown when no ITEM is given. What the lock
file keeps of a guest that is gone is forgotten with the guest, or by itself (vm.8001.net.lan.ip); of one that is there
by itself, and is drawn anew.
Write the plan anew afterwards: phxc plan --write`,
  options: { ...SOURCE_OPTIONS, ...REPORT_OPTIONS },
  examples: [
    ["phxc forget", "what is remembered"],
    ["phxc forget vm.8001", "a guest that was moved by hand"],
    ["phxc forget vm.8001.net0.tag ct.103.snapshot:first", "parts of guests, which are to stay"],
    ["phxc forget ct.103.net.lan.ip", "an address that was drawn"],
  ],
  run,
};

async function run(args: Arguments, terminal: Terminal): Promise<number | Problem> {
  const compiled = await compileArguments(args, terminal, { upTo: "check" });
  if (isProblem(compiled)) return compiled;
  const { compilation, project, entry, targets } = compiled;
  const { model } = compilation;
  if (model === undefined) return EXIT.findings;
  const host = hostOf(model, valueOf(args, "for"));
  if (isProblem(host)) return host;
  const folders = { entry, ...configured(plansFolder(project).folder) };
  const plan = forgettableOf(model, host, project.files, folders);
  const lock = forgettableLock(project.files, entry);
  const diagnostics = [...plan.diagnostics, ...lock.diagnostics];
  if (hasErrors(diagnostics)) {
    await report(diagnostics, { args, terminal, root: project.root }, terminal.err);
    return EXIT.findings;
  }
  const known = [plan.value, lock.value].filter((one) => one !== undefined);
  if (known.length === 0) return { problem: `no plan of ${host} is committed`, hint: "phxc plan --write writes one" };
  if (targets.length > 0) return forgetItems(known, targets, { root: project.root, terminal });
  const items = known.flatMap((one) => one.items);
  if (items.length === 0) terminal.err.write("all that was ever declared still is: there is nothing to forget\n");
  terminal.out.write(items.map((item) => `${visible(item)}\n`).join(""));
  return EXIT.ok;
}

async function forgetItems(
  known: readonly Forgettable[],
  items: readonly string[],
  { root, terminal }: { readonly root: string; readonly terminal: Terminal },
): Promise<number | Problem> {
  const left = await Promise.all(known.map(async (one) => ({ ...one, ...(await one.without(items)) })));
  const unknown = items.find((item) => left.every((one) => one.unknown.includes(item)));
  if (unknown !== undefined) {
    const meant = suggestion(
      didYouMean(
        unknown,
        known.flatMap((one) => one.items),
      ),
    );
    const problem = `neither the committed plan nor the lock file remembers \`${unknown}\`${meant}`;
    return { problem, hint: "phxc forget without items lists them" };
  }
  const changed = left.filter((one) => one.unknown.length < items.length);
  const files = changed.map(({ path, text }) => ({ path: join(root, path), content: text, mode: 0o666 }));
  const names = files.map(({ path }) => shortPath(terminal.cwd, path)).join(" and ");
  try {
    writeTogether(files);
  } catch (error) {
    return { problem: `cannot write ${names}: ${writeFailure(error)}` };
  }
  terminal.out.write(`forgotten in ${names}; now write the plan anew: phxc plan --write\n`);
  return EXIT.ok;
}

function configured(folder: string | undefined): { readonly configured?: string } {
  return folder === undefined ? {} : { configured: folder };
}

/** The host whose plan is meant. */
function hostOf(model: Model, asked: string | undefined): string | Problem {
  const names = [...model.resources.values()].filter(({ kind }) => kind === "host").map(({ name }) => name);
  if (asked !== undefined) return names.includes(asked) ? asked : { problem: `no host \`${asked}\` is declared` };
  const [first, ...others] = names;
  if (others.length === 0) return first ?? "host";
  return { problem: `several hosts are declared (${names.join(", ")})`, hint: "choose one with --for" };
}
