import {
  compareText,
  datasetOfPath,
  diagnose,
  guestRef,
  isUnprivileged,
  nfsExport,
  resourcesOf,
  settingOf,
  shareOfVolume,
  stringOf,
  stringsOf,
  valueOf,
  volumes,
} from "../../plugin-api/index.js";
import type {
  Diagnostic,
  GuestVolume,
  LowerContext,
  Lowered,
  Model,
  Requirement,
  Resource,
  Step,
  WorkParameter,
} from "../../plugin-api/index.js";
import {
  accountUnclear,
  exportUndeclared,
  volumeInContainer,
  volumeSource,
  volumeWithoutPlace,
} from "./findings-volumes.js";
import { featureText, workStep } from "./work.js";

/** What mounting each type needs in the guest, as features. */
const CLIENTS: Readonly<Record<GuestVolume["type"], string | undefined>> = {
  nfs: "nfs_client",
  samba: "samba_client",
  virtiofs: undefined,
};

/** File systems as the kernel calls them. */
const FILE_SYSTEMS = { nfs: "nfs", samba: "cifs", virtiofs: "virtiofs" } as const;

const SOURCES: Readonly<Record<GuestVolume["type"], { readonly pattern: RegExp; readonly example: string }>> = {
  nfs: {
    pattern: /^(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]):\/[^\x00-\x1f\x7f-\x9f]*$/,
    example: "10.0.0.13:/tank/data",
  },
  samba: { pattern: /^\/\/[A-Za-z0-9_.:-]+\/[^\x00-\x1f\x7f-\x9f]+$/, example: "//10.0.0.13/data" },
  virtiofs: { pattern: /^[A-Za-z][A-Za-z0-9_-]+$/, example: "data, the name of a directory mapping of the cluster" },
};

const TIMEOUT_SECONDS = 1800;

/** The features that the volumes of a guest need. */
export function volumeClients(resource: Resource): readonly { readonly name: string; readonly volume: GuestVolume }[] {
  return volumes(resource).flatMap((volume) => {
    const name = CLIENTS[volume.type];
    return name === undefined ? [] : [{ name, volume }];
  });
}

/** The mounts of a guest, as one piece of work: those that have left the files are taken away by it as well. */
export function volumeSteps(resource: Resource, { model, features, retired }: LowerContext): Lowered {
  const all = volumes(resource);
  const gone = Object.keys(retired?.slots ?? {}).some((name) => name.startsWith("volume "));
  if (features === undefined || (all.length === 0 && !gone)) return { steps: [], requirements: [] };
  const diagnostics = all.flatMap((volume) => volumeFindings(resource, volume, model));
  if (diagnostics.some(({ severity }) => severity === "error")) return { steps: [], requirements: [], diagnostics };
  const text = features.volumes + featureText({ guard: undefined, verify: "volumes_ok", script: "volumes_mount" });
  return {
    steps: [mountStep(resource, all, text)],
    requirements: mappings(resource, all, model),
    scripts: { volumes: text },
    diagnostics,
  };
}

function mountStep(resource: Resource, all: readonly GuestVolume[], text: string): Step {
  const inOrder = all.toSorted((a, b) => compareText(a.at ?? "", b.at ?? ""));
  const accounts = inOrder.filter((volume) => settingOf(volume.section, "user") !== undefined);
  const passwords = accounts.flatMap(({ section }, number): readonly WorkParameter[] => {
    const value = valueOf(section, "password");
    return value?.type === "secret" ? [{ name: `password_${number}`, secret: value.source }] : [];
  });
  const lines = accounts.map(({ name, section }, number) =>
    [accountFile(name), number, stringOf(section, "domain") ?? "-", stringOf(section, "user") ?? ""].join(" "),
  );
  return workStep(resource, {
    ...{ name: "volumes", script: "volumes", text, source: text, timeoutSeconds: TIMEOUT_SECONDS },
    parameters: [
      { name: "table", value: inOrder.map(tableLine).join("\n") },
      { name: "accounts", value: lines.join("\n") },
      ...passwords,
    ],
    asked: all[0]?.section,
  });
}

/** A line of /etc/fstab; the guest starts without a server that does not answer. */
function tableLine({ type, name, from = "", at = "", options, section }: GuestVolume): string {
  const known = settingOf(section, "user") === undefined ? "guest" : `credentials=${accountFile(name)}`;
  const own = type === "samba" ? [known] : [];
  const waits = type === "virtiofs" ? ["nofail"] : ["nofail", "_netdev"];
  const given = [...new Set([...options, ...own, ...waits])].join(",");
  return [from, at].map(escaped).concat(FILE_SYSTEMS[type], given, "0", "0").join(" ");
}

function accountFile(name: string): string {
  return `/etc/phxc/samba-${name}`;
}

/** As fstab writes what would end a field. */
function escaped(field: string): string {
  return field.replace(/[\s\\#]/g, (char) => `\\${(char.codePointAt(0) ?? 0).toString(8).padStart(3, "0")}`);
}

/** Mappings that a plan does not make have to be there. */
function mappings({ address }: Resource, all: readonly GuestVolume[], model: Model): readonly Requirement[] {
  const others = all.filter((volume) => shareOfVolume(volume, model) === undefined);
  return others.flatMap(({ type, from, section }): readonly Requirement[] =>
    type !== "virtiofs" || from === undefined
      ? []
      : [{ kind: "mapping", type: "directory", id: from, blocks: [address], source: section.headSpan }],
  );
}

function volumeFindings(resource: Resource, volume: GuestVolume, model: Model): readonly Diagnostic[] {
  const { section, type, name, from, at } = volume;
  const guest = guestRef(resource);
  const label = `${guest.kind} ${guest.id} ${guest.name}`;
  const missing = [...(from === undefined ? ["from"] : []), ...(at === undefined ? ["at"] : [])];
  if (missing.length > 0) return [diagnose(volumeWithoutPlace, section.headSpan, { volume: name, missing })];
  const { pattern, example } = SOURCES[type];
  if (!pattern.test(from ?? "")) {
    const place = settingOf(section, "from")?.span ?? section.headSpan;
    return [diagnose(volumeSource, place, { from: from ?? "", type, example })];
  }
  if (guest.kind === "ct" && !mountsItself(resource, volume, model)) {
    return [diagnose(volumeInContainer, section.headSpan, { guest: label, type, fs: FILE_SYSTEMS[type] })];
  }
  return [...accountFindings(volume), ...exportFindings(volume, model)];
}

/** The kernel lets a privileged container mount what its feature `mount` names. */
function mountsItself(resource: Resource, { type }: GuestVolume, model: Model): boolean {
  const mayMount = stringsOf(resource, "mount_fs").includes(FILE_SYSTEMS[type]);
  return type !== "virtiofs" && mayMount && !isUnprivileged(resource, model);
}

function accountFindings({ section, type, name }: GuestVolume): readonly Diagnostic[] {
  const said = ["user", "password", "domain"].filter((attribute) => settingOf(section, attribute) !== undefined);
  const isWhole = said.includes("user") === said.includes("password") && (said.length === 0 || said.includes("user"));
  if (said.length === 0 || (type === "samba" && isWhole)) return [];
  return [diagnose(accountUnclear, section.headSpan, { volume: name, type })];
}

/** What a declared host is asked for lies on a dataset that is declared as well, or is somebody's else. */
function exportFindings(volume: GuestVolume, model: Model): readonly Diagnostic[] {
  const share = nfsExport(volume);
  const host = share && resourcesOf(model, "host").find((each) => stringOf(each, "address") === share.server);
  if (share === undefined || host === undefined || datasetOfPath(model, share.path) !== undefined) return [];
  if (shareOfVolume(volume, model) !== undefined) return [];
  const at = settingOf(volume.section, "from")?.span ?? volume.section.headSpan;
  return [diagnose(exportUndeclared, at, { path: share.path, host: host.name })];
}
