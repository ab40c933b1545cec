import { datasetOfPath, diagnose, hostShares, settingOf, stringOf, valueOf } from "../../plugin-api/index.js";
import type { Diagnostic, HostShare, LowerContext, Lowered, Model, Resource, Step } from "../../plugin-api/index.js";
import { makeStep } from "../guest/step.js";
import { shareClientUnknown, shareWithoutPath } from "./findings.js";

/** The share that a resource declares, with what is wrong about its directory and its clients. */
export function shareOf(
  resource: Resource,
  { model }: Pick<LowerContext, "model">,
): { readonly share: HostShare | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const share = hostShares(model).find((each) => each.resource === resource);
  return { share, diagnostics: share === undefined ? [] : [...placeFindings(share), ...clientFindings(share)] };
}

function placeFindings({ resource, kind, name }: HostShare): readonly Diagnostic[] {
  const said = ["path", "dataset"].filter((option) => settingOf(resource, option) !== undefined);
  if (said.length === 1) return [];
  const at = settingOf(resource, "path")?.span ?? resource.headSpan;
  return [diagnose(shareWithoutPath, at, { kind, share: name, both: said.length > 1 })];
}

function clientFindings({ resource, kind, name, clients }: HostShare): readonly Diagnostic[] {
  return clients.flatMap(({ text, addresses, section }) => {
    if (addresses.length > 0) return [];
    const at = section === resource ? settingOf(resource, "clients")?.span : undefined;
    return [diagnose(shareClientUnknown, at ?? section.headSpan, { kind, share: name, client: text })];
  });
}

/** The directory, with its owner and mode where they are declared. */
export function directoryStep({ resource, path = "" }: HostShare): Step {
  const owner = ownerOf(resource);
  const mode = stringOf(resource, "mode")?.replace(/^0(?=\d{3})/, "");
  return makeStep(resource, "directory", {
    phase: "host",
    title: `directory of ${resource.kind} ${resource.name}`,
    probe: {
      kind: "directory",
      path,
      ...(owner === undefined ? {} : { owner }),
      ...(mode === undefined ? {} : { mode }),
    },
    commands: [["mkdir", "-p", path]],
  });
}

/** Numbers, or names that the host resolves. */
function ownerOf(resource: Resource): Extract<Step["probe"], { kind: "directory" }>["owner"] {
  const text = stringOf(resource, "owner");
  if (text === "root") return { uid: 0, gid: 0 };
  if (text === "nobody") return { uid: 65_534, gid: 65_534 };
  const [, uid, gid] = /^(\d+):(\d+)$/.exec(text ?? "") ?? [];
  return uid === undefined || gid === undefined ? text : { uid: Number(uid), gid: Number(gid) };
}

/** The dataset that it names, or whose mount point holds the path. */
export function shareEdges(
  resource: Resource,
  model: Model,
): readonly { readonly to: string; readonly reason: string }[] {
  const share = hostShares(model).find((each) => each.resource === resource);
  const value = valueOf(resource, "dataset");
  const named = value?.type === "ref" ? value.address : undefined;
  const holder = named ?? (share?.path === undefined ? undefined : datasetOfPath(model, share.path)?.address);
  return holder === undefined ? [] : [{ to: holder, reason: resource.kind }];
}

/** Nothing to do, with the reasons. */
export function refused(diagnostics: readonly Diagnostic[]): Lowered {
  return { steps: [], requirements: [], diagnostics };
}
