import type { FirewallPiece } from "../model/plan.js";
import type { Model, Resource } from "../model/resource.js";
import type { Span } from "../text/source.js";
import type { FirewallRule } from "./firewall.js";

/** A group, set or alias that a rule names. */
export interface FirewallUse {
  readonly kind: FirewallPiece;
  readonly name: string;
  /** `guest`: its own; undefined: its own or the cluster's, as the host decides. */
  readonly scope: "dc" | "guest" | undefined;
  readonly span: Span;
}

/** What rules name, each as often as they do. */
export function firewallUses(rules: readonly FirewallRule[]): readonly FirewallUse[] {
  return rules.flatMap(({ direction, action, section, source, dest }): readonly FirewallUse[] => {
    const span = section.headSpan;
    if (direction === "group") return [{ kind: "group", name: action, scope: "dc", span }];
    return [source, dest].flatMap((end) => (end?.addresses ?? []).flatMap((text) => useOf(text, span)));
  });
}

function useOf(text: string, span: Span): readonly FirewallUse[] {
  // Most are addresses.
  if (!text.startsWith("+") && !text.startsWith("dc/") && !text.startsWith("guest/")) return [];
  const [, plus = "", where, name] = /^(\+?)(?:(dc|guest)\/)?([A-Za-z][\w-]*)$/.exec(text) ?? [];
  if (name === undefined || (plus === "" && where === undefined)) return [];
  return [
    {
      kind: plus === "+" ? "ipset" : "alias",
      name,
      scope: where === "dc" || where === "guest" ? where : undefined,
      span,
    },
  ];
}

/** The block that declares what a rule names of the cluster; undefined where no file does. */
export function declaredPiece({ kind, name, scope }: FirewallUse, model: Model): Resource | undefined {
  return scope === "guest" ? undefined : model.resources.get(`${kind}.${name}`);
}
