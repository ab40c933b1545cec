import type { Setting, Value } from "../model/resource.js";
import type { OptionSpec } from "../plugin-api/index.js";
import type { BodyNode, Context, ResourceNode } from "./context.js";
import { ERROR } from "./values.js";

/** Whether the value of a setting is left to phxc. */
export function isLeftToDraw({ value }: Setting, { draw }: OptionSpec): boolean {
  return draw !== undefined && value.type === "string" && value.value === draw.word;
}

/**
 * The setting with what was drawn for it, an error value before that. Whose it is in the lock file is told by names, so that
 * other guests may come and go: `vm.8001.net.lan.ip`. `sections`: the blocks of the owner.
 */
export function drawnSetting(
  ctx: Context,
  setting: Setting,
  node: BodyNode,
  owner: Pick<ResourceNode, "address">,
  sections: readonly BodyNode[],
): Setting {
  ctx.state.draws = true;
  const label = labelOf(node);
  if (label === undefined) return { ...setting, value: ERROR };
  // The second block of one network is `net.lan:2`.
  const nth = sections.filter((other) => labelOf(other) === label).indexOf(node);
  const drawn = `${owner.address}.${label}${nth > 0 ? `:${nth + 1}` : ""}.${setting.name}`;
  const value = ctx.drawn.get(drawn);
  const layers = setting.layers ?? [{ operator: "=", value: setting.value, span: setting.span }];
  return { ...setting, value: value === undefined ? ERROR : { type: "string", value }, layers, drawn };
}

/** `net.lan`; undefined where it is not known which network it is. */
function labelOf({ keyword, args }: BodyNode): string | undefined {
  const [first] = args.values();
  if (first === undefined) return keyword;
  const name = nameOf(first);
  return name === undefined ? undefined : `${keyword}.${name}`;
}

function nameOf(value: Value | undefined): string | undefined {
  if (value?.type === "ref") return value.address.slice(value.address.indexOf(".") + 1);
  return value?.type === "string" ? value.value : undefined;
}
