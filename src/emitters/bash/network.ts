import type { Argv, Step } from "../../model/plan.js";
import type { NetworkProbe } from "../../model/probes-network.js";
import { acting } from "./command.js";
import { ShellWord } from "./shell-word.js";

const value = (text: string): ShellWord => ShellWord.value(text);
const bare = (text: string): ShellWord => ShellWord.bare(text);

/** What comes before all steps: the addresses by which the node is reached, as the files say. */
export function networkCalls(steps: readonly Step[]): string {
  const addresses = steps.flatMap(({ probe }) => (probe.kind === "network-pending" ? probe.addresses : []));
  return addresses.length === 0 ? "" : ShellWord.call("management", [...new Set(addresses)].map(value));
}

/** The call of a step of the host's network. */
export function renderNetwork(probe: NetworkProbe, argv: Argv): string {
  switch (probe.kind) {
    case "interface": {
      const without = probe.absent.flatMap((option) => [bare("--without"), value(option)]);
      return acting("interface", without, argv);
    }
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
