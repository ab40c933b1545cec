import type { Argv, GuestRef, Plan, Probe, SecretOption, Step } from "../../model/plan.js";
import { acting, argvWord } from "./command.js";
import { fenceWords, kernelWords } from "./devices.js";
import { renderNetwork } from "./network.js";
import { render } from "./render.js";
import { isSettings, renderSettings } from "./settings.js";
import { ShellWord } from "./shell-word.js";
import { renderFirewall } from "./steps-firewall.js";
import { checkWords, renderWork } from "./steps-work.js";
import { ownerWord, renderFile, renderFileRemoval, renderSnippet } from "./texts.js";
import { inherited, keptFree, renderAllowed, renderPoolThere, vdevText } from "./zfs.js";

const value = (text: string): ShellWord => ShellWord.value(text);
const bare = (text: string | number): ShellWord => ShellWord.bare(String(text));

/** The body of the function `steps`: all steps in plan order, each guest's under a line that begins its turn. */
export function renderSteps(plan: Plan): string {
  const guests = turnsOf(plan);
  let out = ownersRead(plan.steps);
  let turn: string | undefined;
  for (const step of plan.steps) {
    const guest = guests.get(step.resource);
    if (guest !== undefined && turn !== step.resource) out += guest.line();
    if (guest === undefined && turn !== undefined && guests.has(turn)) out += "\n\tno_guest\n";
    turn = step.resource;
    out += render("step", {
      title: ShellWord.comment(
        `${guest === undefined ? "" : `${named(guest)}: `}${step.title} (${step.source.file.path})`,
      ),
      id: value(step.id),
      source: value(step.source.file.path),
      body: ShellWord.hereDocument(renderProbe(step).trimEnd()),
    });
  }
  return out === "" ? "\t:\n" : out.replace(/^\n/, "");
}

interface Turn extends GuestRef {
  /** The line that begins it. */
  readonly line: () => string;
}

/** The guests that have steps: those of the plan, and those that the plan takes back. */
function turnsOf(plan: Plan): ReadonlyMap<string, Turn> {
  const retired = (plan.memory?.retired ?? []).filter(({ whole }) => whole);
  const leaving = retired.map(
    (guest) => [`${guest.kind}.${guest.id}`, { ...guest, line: () => turnLine("retired_guest", guest, []) }] as const,
  );
  const checked = new Set(plan.steps.flatMap(({ probe, resource }) => (probe.kind === "check" ? [resource] : [])));
  const staying = plan.guests.map((guest) => {
    const verb = checked.has(guest.address) ? "checked_guest" : "guest";
    return [guest.address, { ...guest, line: () => turnLine(verb, guest, guest.needs) }] as const;
  });
  return new Map<string, Turn>([...leaving, ...staying]);
}

/** `ct 103 step-ca`, as readers and messages name a guest. */
export function named(guest: GuestRef): string {
  return `${guest.kind} ${guest.id} ${guest.name}`;
}

/** The key by which the runtime knows a guest: `ct.103`. */
export function key(guest: { readonly kind: string; readonly id: number }): ShellWord {
  return bare(`${guest.kind}.${guest.id}`);
}

function turnLine(verb: string, guest: GuestRef, needs: readonly string[]): string {
  return render("guest", {
    verb: bare(verb),
    title: ShellWord.comment(named(guest)),
    kind: bare(guest.kind),
    id: bare(guest.id),
    name: value(guest.name),
    needs: needs.map((address) => bare(address)),
  });
}

/** One command reads the owners and modes of all directories and files that are to have one. */
function ownersRead(steps: readonly Step[]): string {
  const paths = steps.flatMap(({ probe }) => {
    if (probe.kind !== "directory" && probe.kind !== "file") return [];
    return probe.owner !== undefined || probe.mode !== undefined ? [probe.path] : [];
  });
  return paths.length === 0 ? "" : ShellWord.call("read_owners", [], [...new Set(paths)].map(value));
}

function renderProbe(step: Step): string {
  const argv = step.commands[0] ?? [];
  const probe = step.probe;
  if (isSettings(probe)) return renderSettings(probe, argv);
  switch (probe.kind) {
    case "guest-absent":
      return acting("create", createFlags(probe), argv);
    case "options":
      return fixedOptions(probe) + optionLines(probe) + acting("converge", optionFlags(probe), argv);
    case "raw-lines":
      return ShellWord.call("raw_lines", [bare(probe.guest.id)], rawLines(probe));
    case "disk-size":
      return acting("grow", [value(probe.disk)], argv);
    case "template-inputs":
      return ShellWord.call("inputs", [], Object.entries(probe.inputs).map(inputWord));
    case "not-template":
      return acting("make_template", [], argv);
    case "snapshot-absent":
      return acting(...snapshotCall(probe), argv);
    case "snapshot-present":
      return acting("roll_back", others("--needed-by", probe.neededBy), argv);
    case "run-state":
      return acting(...runState(probe), argv);
    case "guest-present":
      return acting("destroy_asked", heldBy(probe), argv);
    case "restart-needed":
      return acting("restart_pending", [], argv);
    case "snapshot-retired":
      return acting("drop_snapshot", [], argv);
    case "guest-retired":
      return acting("destroy", [...formerNames(probe.names), ...others("--before", probe.dependants)], argv);
    case "file-retired":
      return renderFileRemoval(probe);
    case "check":
      return ShellWord.call("check", checkWords(probe));
    case "guest-work":
      return renderWork(probe);
    case "guest-rest":
      return acting("rest", [], argv);
    case "snippet":
      return renderSnippet(probe);
    case "snippets-unused":
      return ShellWord.call("drop_snippets", [value(probe.storage)]);
    case "cloud-init-drive":
      return acting("cloud_init_drive", [], argv);
    case "firewall-piece":
    case "firewall-piece-retired":
    case "firewall-file":
    case "firewall-rules-retired":
      return renderFirewall(probe);
    case "interface":
    case "network-pending":
    case "resolver":
    case "sdn":
    case "sdn-pending":
      return renderNetwork(probe, argv);
    default:
      return renderHostProbe(probe, argv);
  }
}

/** The function that takes a snapshot, once or as the next of a series. */
function snapshotCall({ keep }: Extract<Probe, { kind: "snapshot-absent" }>): [string, ShellWord[]] {
  return keep === undefined ? ["snapshot", []] : ["keep_snapshots", [bare(keep)]];
}

/** The function that brings about a state, and its options. */
function runState({ want, neededBy = [] }: Extract<Probe, { kind: "run-state" }>): [string, ShellWord[]] {
  switch (want) {
    case "running":
      return ["start", []];
    case "first-start":
      return ["start", [bare("--first")]];
    case "running-again":
      return ["start_again", []];
    case "stopped":
      return ["stop", others("--needed-by", neededBy)];
    case "stopped-for-now":
      return ["stop", [bare("--again"), ...others("--needed-by", neededBy)]];
  }
}

/** The guests that keep one from being destroyed. */
function heldBy({ neededBy, clones }: Extract<Probe, { kind: "guest-present" }>): ShellWord[] {
  return [...others("--needed-by", neededBy), ...others("--base-of", clones)];
}

function inputWord([name, input]: readonly [string, string]): ShellWord {
  return ShellWord.join([value(name), value(input)]);
}

/** Guests after an option: `--needed-by 'ct 102 web'`. */
function others(option: string, guests: readonly GuestRef[]): ShellWord[] {
  return guests.flatMap((guest) => [bare(option), value(named(guest))]);
}

type HostProbe = Extract<
  Probe,
  {
    readonly kind:
      | "thing-retired"
      | "file"
      | "directory"
      | "samba-user"
      | "directory-mapping"
      | "pool"
      | "pool-vdev"
      | "pool-disk"
      | "zfs-parameter"
      | "zfs-allow"
      | "dataset"
      | "storage"
      | "restart-of-host"
      | "nvidia-driver"
      | "kernel-line"
      | "job"
      | "image-absent"
      | "command";
  }
>;

function renderHostProbe(probe: HostProbe, argv: Argv): string {
  switch (probe.kind) {
    case "thing-retired": {
      const { thing, name, option, advice } = probe;
      const words = option === undefined ? [] : [bare("--option"), value(option.name), value(option.value)];
      return ShellWord.call("left", [...words, bare(thing), value(name), ...advice.map(argvWord)]);
    }
    case "file":
      return renderFile(probe);
    case "directory":
      return ShellWord.call("directory", directoryWords(probe));
    case "directory-mapping": {
      const words = probe.description === undefined ? [] : flag("--description", value(probe.description));
      return acting("directory_mapping", [...words, value(probe.path)], argv);
    }
    case "samba-user":
      return acting("samba_user", probe.secret === undefined ? [] : flag("--password", value(probe.secret)), argv);
    case "pool":
      return probe.vdevs.length === 0 ? renderPoolThere(probe) : acting("pool", inherited(probe.rootInherit), argv);
    case "pool-vdev":
      return acting("pool_add", [value(probe.pool), value(vdevText(probe.vdev))], argv);
    case "pool-disk":
      return acting("pool_replace", [probe.pool, probe.old, probe.new].map(value), argv);
    case "zfs-allow":
      return renderAllowed(probe);
    case "zfs-parameter":
      return ShellWord.call("zfs_parameter", [
        ...[probe.name, probe.value].map(bare),
        ...(probe.other === undefined ? [] : [bare(probe.other)]),
      ]);
    case "dataset":
      return acting("dataset", [...keyFlag(probe.key), ...inherited(probe.inherit), ...keptFree(probe)], argv);
    case "storage":
      return secretLines(probe.secrets) + acting("storage", withoutWords(probe.absent), argv);
    case "restart-of-host":
      return ShellWord.call("fence", [], fenceWords(probe));
    case "kernel-line":
      return ShellWord.call("kernel_line", [], kernelWords(probe));
    case "nvidia-driver":
      return acting("nvidia_driver", [value(probe.version)], argv);
    case "job":
      return acting("job", [bare(probe.job), value(probe.id), ...withoutWords(probe.absent)], argv);
    case "image-absent":
      return acting("image", imageWords(probe), argv);
    case "command": {
      const words = [bare(probe.argv.length), ...probe.argv.map((word, i) => argvWord(word, i))];
      return probe.stdout === undefined
        ? acting("unless", words, argv)
        : acting("unless_says", [value(probe.stdout), ...words], argv);
    }
  }
}

/** Where the key of an encrypted dataset is. */
function keyFlag(key: string | undefined): ShellWord[] {
  return key === undefined ? [] : flag("--key", value(key));
}

function directoryWords({ path, owner, mode }: Extract<Probe, { kind: "directory" }>): ShellWord[] {
  const names = owner === undefined ? [] : [ownerWord(owner)];
  return [...(mode === undefined ? [] : flag("--mode", bare(mode))), value(path), ...names];
}

function flag(name: string, word: ShellWord): ShellWord[] {
  return [bare(name), word];
}

function imageWords({ path, sha256, sha512, unpack }: Extract<Probe, { kind: "image-absent" }>): ShellWord[] {
  return [
    ...(sha256 === undefined ? [] : flag("--sha256", value(sha256))),
    ...(sha512 === undefined ? [] : flag("--sha512", value(sha512))),
    ...(unpack === undefined ? [] : flag("--unpack", bare(unpack))),
    value(path),
  ];
}

function createFlags(probe: Extract<Probe, { kind: "guest-absent" }>): ShellWord[] {
  const words = probe.storages.flatMap((storage) => flag("--storage", value(storage)));
  if (probe.source !== undefined) words.push(bare("--from"), bare(probe.source.kind), bare(probe.source.id));
  if (probe.firstStart) words.push(bare("--first-start"));
  return words;
}

function optionFlags(probe: Extract<Probe, { kind: "options" }>): ShellWord[] {
  return [...withoutWords(probe.absentKeys), ...probe.exact.flatMap((family) => flag("--exact", bare(family)))];
}

function fixedOptions({ fixed = [] }: Extract<Probe, { kind: "options" }>): string {
  return fixed.map(({ option, value: wanted }) => ShellWord.call("fixed", [value(option), value(wanted)])).join("");
}

/** One line for each, so that a diff shows what has gone, and which options are set from secrets. */
function optionLines(probe: Extract<Probe, { kind: "options" }>): string {
  const options = probe.retired ?? [];
  const keys = probe.retiredKeys ?? [];
  return [
    ...options.map(({ option, value: last }) => ShellWord.call("retire", [value(option), value(last)])),
    ...keys.map(({ option, key: name, value: last }) => ShellWord.call("retire_key", [option, name, last].map(value))),
    secretLines(probe.secrets),
  ].join("");
}

function secretLines(secrets: readonly SecretOption[] = []): string {
  return secrets.map(({ option, secret }) => ShellWord.call("secret_option", [value(option), value(secret)])).join("");
}

function withoutWords(names: readonly string[] = []): ShellWord[] {
  return names.flatMap((name) => flag("--without", value(name)));
}

function formerNames(names: readonly string[]): ShellWord[] {
  return names.flatMap((name) => flag("--was", value(name)));
}

function rawLines(probe: Extract<Probe, { kind: "raw-lines" }>): ShellWord[] {
  const drops = probe.dropPrefixes.map((prefix) => ShellWord.join([bare("--drop"), value(prefix)]));
  const retired = (probe.retired ?? []).flatMap((line) =>
    line.values.map((text) => ShellWord.join([bare("--retired"), value(`${line.key}: ${text}`)])),
  );
  return [
    ...drops,
    ...retired,
    ...probe.lines.flatMap((line) => line.values.map((text) => value(`${line.key}: ${text}`))),
  ];
}
