import type { Block, Name } from "../syntax/ast.js";
import {
  duplicateProfile,
  missingArgument,
  profileCycle,
  surplusArgument,
  unknownProfile,
} from "../diagnostics/catalogue/semantics.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { argument, headSpan } from "./arguments.js";
import { isExcused, report } from "./context.js";
import type { Context, Profile, Scope } from "./context.js";
import { plainText } from "./datum.js";
import { replacement } from "./words.js";
import { namedItems, profileSpecs, reportUnknownNames } from "./unknown.js";

const FORM = "profile NAME";

/** Declares a profile. */
export function declareProfile(ctx: Context, block: Block, scope: Scope): void {
  const [arg, surplus] = block.args;
  if (arg === undefined)
    return report(ctx, missingArgument, headSpan(block), { keyword: "profile", argument: "name", form: FORM });
  const datum = argument(ctx, arg, scope);
  const name = plainText(datum);
  if (datum.type === "error" || name === undefined) return;
  if (surplus !== undefined) report(ctx, surplusArgument, surplus.span, { keyword: "profile", form: FORM });
  const first = ctx.profiles.get(name);
  if (first === undefined) ctx.profiles.set(name, { name, block, scope });
  else {
    const related = [{ span: headSpan(first.block), message: "first declared here" }];
    report(ctx, duplicateProfile, headSpan(block), { name }, { related });
  }
}

/** Checks each profile on its own: what it extends, and names that no kind with profiles has. */
export function checkProfiles(ctx: Context): void {
  const specs = profileSpecs(ctx);
  for (const profile of ctx.profiles.values()) {
    reportCycle(ctx, profile);
    profileChain(ctx, profile.block.extends);
    const items = namedItems(profile.block.body?.items ?? []);
    reportUnknownNames(ctx, { specs, where: `profile \`${profile.name}\`` }, items);
  }
}

/** A cycle is reported once: at the profile of it that was declared first. */
function reportCycle(ctx: Context, start: Profile): void {
  const order = [...ctx.profiles.keys()];
  const search = (profile: Profile, path: readonly string[]): boolean =>
    profile.block.extends.some((name) => {
      const next = ctx.profiles.get(name.text);
      if (next === start) {
        report(ctx, profileCycle, name.span, { chain: [...path, start.name] });
        return true;
      }
      const isLater = order.indexOf(name.text) > order.indexOf(start.name);
      return next !== undefined && isLater && !path.includes(name.text) && search(next, [...path, name.text]);
    });
  search(start, [start.name]);
}

/** The profiles that `extends` names, with those that they extend before them, each once; unknown ones are reported. */
export function profileChain(ctx: Context, names: readonly Name[]): readonly Profile[] {
  const chain: Profile[] = [];
  collect(ctx, names, new Set(), chain);
  return chain;
}

function collect(ctx: Context, names: readonly Name[], seen: Set<Profile>, chain: Profile[]): void {
  for (const name of names) {
    const profile = ctx.profiles.get(name.text);
    if (profile === undefined) {
      reportUnknown(ctx, name);
    } else if (!seen.has(profile)) {
      seen.add(profile);
      collect(ctx, profile.block.extends, seen, chain);
      chain.push(profile);
    }
  }
}

function reportUnknown(ctx: Context, name: Name): void {
  if (isExcused(ctx, name.text)) return;
  const suggested = didYouMean(name.text, ctx.profiles.keys());
  const fix = suggested === undefined ? {} : { fix: replacement(suggested, name.span) };
  report(ctx, unknownProfile, name.span, { name: name.text, suggested }, fix);
}
