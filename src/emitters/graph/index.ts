import type { Plan } from "../../model/plan.js";

/** What a plan makes, and what needs what. */
interface Node {
  readonly address: string;
  readonly label: string;
  readonly isGuest: boolean;
}

interface Edge {
  readonly from: number;
  readonly to: number;
  /** `clone`, or nothing. */
  readonly label: string;
}

/** The graph in the language of Graphviz; arrows point to what comes later. */
export function emitDot(plan: Plan): string {
  const { nodes, edges } = graphOf(plan);
  const quote = (text: string): string => `"${text.replace(/[\\"]/g, "\\$&").replace(/\s+/g, " ")}"`;
  const lines = [
    ...nodes.map((node, i) => `  n${i} [label=${quote(node.label)}, shape=${node.isGuest ? "box" : "ellipse"}];`),
    ...edges.map(({ from, to, label }) => `  n${from} -> n${to}${label === "" ? "" : ` [label=${quote(label)}]`};`),
  ];
  return ["digraph plan {", "  rankdir=LR;", ...lines, "}", ""].join("\n");
}

/** The same for Mermaid, which pages of code hosts draw. */
export function emitMermaid(plan: Plan): string {
  const { nodes, edges } = graphOf(plan);
  const lines = [
    ...nodes.map(({ label, isGuest }, i) => `  n${i}${isGuest ? "[" : "("}"${escaped(label)}"${isGuest ? "]" : ")"}`),
    ...edges.map(({ from, to, label }) => `  n${from} -->${label === "" ? "" : `|${label}|`} n${to}`),
  ];
  return ["flowchart LR", ...lines, ""].join("\n");
}

/** Mermaid reads entities, not backslashes. */
function escaped(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[#"<>&;`[\](){}|]/g, (mark) => `#${mark.codePointAt(0)};`);
}

/** The things that have steps, in plan order, with the edges that the steps' requirements make between them. */
function graphOf(plan: Plan): { readonly nodes: readonly Node[]; readonly edges: readonly Edge[] } {
  const guests = new Map(plan.guests.map((guest) => [guest.address, `${guest.kind} ${guest.id} ${guest.name}`]));
  const addresses = [...new Set(plan.steps.map((step) => step.resource))];
  const index = new Map(addresses.map((address, i) => [address, i]));
  const owner = new Map(plan.steps.map((step) => [step.id, step.resource]));
  const clones = new Set(
    plan.steps.flatMap(({ probe, resource }) =>
      probe.kind === "guest-absent" && probe.source !== undefined
        ? [`${probe.source.kind}.${probe.source.id} ${resource}`]
        : [],
    ),
  );
  const seen = new Set<string>();
  const edges = plan.steps.flatMap((step) =>
    step.requires.flatMap((id): readonly Edge[] => {
      const needed = owner.get(id);
      const from = needed === undefined ? undefined : index.get(needed);
      const to = index.get(step.resource);
      const key = `${needed} ${step.resource}`;
      if (from === undefined || to === undefined || from === to || seen.has(key)) return [];
      seen.add(key);
      return [{ from, to, label: clones.has(key) ? "clone" : "" }];
    }),
  );
  const nodes = addresses.map((address) => ({
    address,
    label: guests.get(address) ?? address.replace(".", " "),
    isGuest: guests.has(address),
  }));
  return { nodes, edges };
}
