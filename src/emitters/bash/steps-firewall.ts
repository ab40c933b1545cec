import type { FirewallProbe } from "../../model/plan.js";
import { ShellWord } from "./shell-word.js";

const value = (text: string): ShellWord => ShellWord.value(text);
const bare = (text: string): ShellWord => ShellWord.bare(text);

/** The call that makes, or takes back, what is ours of a file of the firewall: a line for each of its lines. */
export function renderFirewall(probe: FirewallProbe): string {
  switch (probe.kind) {
    case "firewall-piece": {
      const words = [...(probe.adopt ? [bare("--adopt")] : []), bare(probe.piece), value(probe.name)];
      return ShellWord.call("firewall_piece", words, probe.lines.map(value));
    }
    case "firewall-piece-retired":
      return ShellWord.call("drop_piece", [bare(probe.piece), value(probe.name)], probe.lines.map(value));
    case "firewall-file": {
      const options = probe.options.map(([name, text]) =>
        ShellWord.join([bare("--option"), value(`${name}: ${text}`)]),
      );
      return ShellWord.call("firewall_file", [bare(probe.scope)], [...options, ...probe.rules.map(value)]);
    }
    case "firewall-rules-retired":
      return ShellWord.call("drop_rules", [bare(probe.scope)]);
  }
}
