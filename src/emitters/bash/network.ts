import type { Argv, Step } from "../../model/plan.js";
import type { NetworkProbe } from "../../model/probes-network.js";
import { acting } from "./command.js";
import { ShellWord } from "./shell-word.js";

const value = (text: string): ShellWord => ShellWord.value(text);
const bare = (text: string): ShellWord => ShellWord.bare(text);

/** What preflight looks at: whether the interfaces that the plan would change may be changed, by the addresses of the node. */
export function networkNeeds(steps: readonly Step[]): readonly string[] {
  const addresses = steps.flatMap(({ probe }) => (probe.kind === "network-pending" ? [probe.addresses] : []));
  if (addresses.length === 0) return [];
  const interfaces = steps.flatMap(({ probe }) => {
    if (probe.kind !== "interface") return [];
    const options = [["type", probe.type] as const, ...probe.options];
    const words = options.flatMap(([name, text]) => [bare(`--${name}`), value(text)]);
    return [ShellWord.call("need_interface", [...without(probe.absent), value(probe.name), ...words])];
  });
  const known = [...new Set(addresses.flat())].map(value);
  return [
    ...(known.length === 0 ? [] : [ShellWord.call("management", known)]),
    ...interfaces,
    ShellWord.call("need_connection", []),
  ];
}

function without(options: readonly string[]): ShellWord[] {
  return options.flatMap((option) => [bare("--without"), value(option)]);
}

/** The call of a step of the host's network. */
export function renderNetwork(probe: NetworkProbe, argv: Argv): string {
  switch (probe.kind) {
    case "interface":
      return acting("interface", without(probe.absent), argv);
    case "sdn":
      return acting("sdn", [bare(probe.object), value(probe.id)], argv);
    case "sdn-pending":
      return acting("apply_sdn", [value(probe.vnets.join(" "))], argv);
    case "resolver":
      return acting("resolver", [], argv);
    case "network-pending":
      return acting("apply_network", [], argv);
  }
}
