import type { Plan, PlanGuest, Probe, Requirement, Step } from "../../model/plan.js";
import { aimOf, interruptionsOf, leftBy, removalsOf } from "../../plugin-api/index.js";
import { diffLines } from "../../text/diff.js";
import { position } from "../../text/source.js";

type OptionsProbe = Extract<Probe, { readonly kind: "options" }>;

/** A summary of a plan for a pull request: what is presupposed, the host's things, and the guests with all their steps. */
export function emitMarkdown(plan: Plan): string {
  const sections = [
    title(plan),
    removalList(plan),
    leftList(plan),
    interruptionList(plan),
    guestTable(plan),
    requirementList(plan),
    hostList(plan),
    ...guestDetails(plan),
    changeList(plan),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function title(plan: Plan): string {
  const where = plan.node === undefined ? "" : ` (node ${text(plan.node)})`;
  const counts = `${count(plan.guests.length, "guest")}, ${count(plan.steps.length, "step")}`;
  const names = plan.targets.map(text).join(", ");
  const converging = names === "" ? "" : ` Only for ${names} and what they need.`;
  const aim = aimOf(plan);
  const only = aim === undefined ? converging : ` It converges nothing. It is ${text(aim)}.`;
  const sources = plan.sources.map(({ path, sha256 }) => `- ${code(path)} ${code(sha256.slice(0, 12))}`);
  return [`# Plan for ${text(plan.host)}${where}`, "", `${counts}.${only}`, "", "Sources:", "", ...sources].join("\n");
}

function removalList(plan: Plan): string {
  const lines = removalsOf(plan.steps).map(({ guest, parts }) => `- ${text(guest)}: ${parts.map(text).join(", ")}`);
  if (lines.length === 0) return "";
  const about = "Removed where the host still has it as it was declared:";
  return ["## No longer declared", "", about, "", ...lines].join("\n");
}

function leftList(plan: Plan): string {
  const lines = leftBy(plan.steps).map((item) => `- ${text(item)}`);
  if (lines.length === 0) return "";
  const about = "Left as it is; the script's notes say how to take it back:";
  return ["## No longer declared, and not removed", "", about, "", ...lines].join("\n");
}

function interruptionList(plan: Plan): string {
  const found = plan.action === undefined ? interruptionsOf(plan.steps) : [];
  if (found.length === 0) return "";
  return ["## May stop or restart", "", ...found.map(({ guest, reason }) => `- ${text(guest)}: ${text(reason)}`)].join(
    "\n",
  );
}

function guestTable(plan: Plan): string {
  if (plan.guests.length === 0) return "";
  const rows = plan.guests.map((guest) => guestRow(guest, plan));
  return table(["Guest", "Made from", "Cores", "Memory", "Address", "Runs", "Most that can happen"], rows);
}

function guestRow(guest: PlanGuest, plan: Plan): readonly string[] {
  const steps = stepsOf(plan, guest.address);
  const options = steps.map((step) => step.probe).find((probe) => probe.kind === "options");
  const memory = wanted(options, "memory");
  return [
    text(`${guest.kind} ${guest.id} ${guest.name}`),
    madeFrom(steps),
    text(wanted(options, "cores") ?? ""),
    memory === undefined ? "" : text(`${memory} MiB`),
    text(addressOf(options) ?? ""),
    runs(steps),
    riskOf(steps),
  ];
}

function wanted(probe: OptionsProbe | undefined, option: string): string | undefined {
  return probe?.wanted.find((pair) => pair.option === option)?.value;
}

/** The address of the first interface: in `net0` of a container, in `ipconfig0` of a virtual machine. */
function addressOf(probe: OptionsProbe | undefined): string | undefined {
  const option = probe?.guest.kind === "vm" ? "ipconfig0" : "net0";
  const key = (wanted(probe, option) ?? "").split(",").find((part) => /^ip6?=/.test(part));
  return key?.slice(key.indexOf("=") + 1);
}

function madeFrom(steps: readonly Step[]): string {
  const step = steps.find(({ probe }) => probe.kind === "guest-absent");
  if (step?.probe.kind !== "guest-absent") return "";
  const { source } = step.probe;
  const command = step.commands[0] ?? [];
  if (source !== undefined) {
    const snapshot = after(command, "--snapname");
    const at = snapshot === undefined ? "" : ` at ${snapshot}`;
    return text(`${source.kind} ${source.id} ${source.name}${at}`);
  }
  const imported = command.find((word) => word.includes("import-from="));
  if (imported !== undefined) return code(imported.replace(/^.*import-from=([^,]*).*$/s, "$1"));
  return command[0] === "pct" && command[3] !== undefined ? code(command[3]) : "empty disks";
}

function after(command: readonly string[], option: string): string | undefined {
  const index = command.indexOf(option);
  return index < 0 ? undefined : command[index + 1];
}

function runs(steps: readonly Step[]): string {
  if (steps.some(({ probe }) => probe.kind === "not-template")) return "template";
  const state = steps.map((step) => step.probe).find((probe) => probe.kind === "run-state");
  if (state === undefined) return "as found";
  return state.want === "first-start" ? "started once" : state.want.replace(/^(running|stopped).*$/, "$1");
}

const RISKS = ["safe", "interrupts", "restarts", "destroys"] as const;

function riskOf(steps: readonly Step[]): string {
  const worst = Math.max(0, ...steps.map((step) => RISKS.indexOf(step.risk)));
  return RISKS[worst] ?? "safe";
}

function requirementList(plan: Plan): string {
  if (plan.requirements.length === 0) return "";
  const lines = plan.requirements.map((requirement) => {
    const { blocks } = requirement;
    const otherwise = blocks.length === 0 ? "" : ` (otherwise held back: ${blocks.map(text).join(", ")})`;
    return `- ${requirementText(requirement)}${otherwise}`;
  });
  return ["## The host must have", "", ...lines].join("\n");
}

const PIECES = { group: "security group", ipset: "set", alias: "alias" } as const;

function requirementText(requirement: Requirement): string {
  switch (requirement.kind) {
    case "storage":
      return `the storage ${code(requirement.storage)}${requirement.content === undefined ? "" : ` for ${requirement.content}`}`;
    case "bridge":
      return `the bridge ${code(requirement.bridge)}`;
    case "file":
      return `the file ${code(requirement.path)}`;
    case "device":
      return `the device ${code(requirement.path)}`;
    case "card":
      return `a PCI device ${code(requirement.id)}`;
    case "nvidia-card":
      return "a card of NVIDIA that no machine gets";
    case "pci":
      return `the PCI ${requirement.addresses.length === 1 ? "device" : "devices"} ${requirement.addresses.map(code).join(", ")}${requirement.mdev === undefined ? ", alone in their IOMMU groups" : ` with the type ${code(requirement.mdev)}`}`;
    case "usb":
      return `the USB device ${code(requirement.device)} (a note otherwise)`;
    case "mapping":
      return `the ${requirement.type} mapping ${code(requirement.id)} with an entry for the node`;
    case "disk":
      return `the disk ${code(requirement.path)} for the pool ${code(requirement.pool)}`;
    case "command":
      return `the command ${code(requirement.command)}`;
    case "version":
      return `Proxmox VE ${text(requirement.minimum)} or later`;
    case "secret":
      return `the secret ${code(requirement.secret)}`;
    case "snapshot":
      return `the snapshot ${code(requirement.snapshot)} of ${text(`${requirement.guest.kind} ${requirement.guest.id}`)}`;
    case "firewall-piece":
      return `the ${PIECES[requirement.piece]} ${code(requirement.name)} in the firewall of the cluster`;
    case "template":
      return `the template ${text(`${requirement.guest.kind} ${requirement.guest.id}`)}`;
    case "guest":
      return `the guest ${text(`${requirement.guest.kind} ${requirement.guest.id}`)}`;
  }
}

function hostList(plan: Plan): string {
  const guests = new Set(plan.guests.map((guest) => guest.address));
  const steps = plan.steps.filter((step) => !guests.has(step.resource));
  return steps.length === 0 ? "" : ["## Host", "", ...steps.map(stepLine)].join("\n");
}

function guestDetails(plan: Plan): readonly string[] {
  return plan.guests.map((guest) => {
    const needs = guest.needs.length === 0 ? "" : `Needs ${guest.needs.map(text).join(", ")}.\n\n`;
    const lines = stepsOf(plan, guest.address).map(stepLine).join("\n");
    return `## ${text(`${guest.kind} ${guest.id} ${guest.name}`)}\n\n${needs}${lines}`;
  });
}

function stepLine(step: Step): string {
  const { line } = position(step.source.file, step.source.start);
  const risk = step.risk === "safe" ? "" : ` **${step.risk}**`;
  return `- ${text(step.title)}${risk} (${text(step.source.file.path)}:${line})${waitingLine(step)}`;
}

/** Which of a guest's options a running one takes over only when it starts. */
function waitingLine({ probe }: Step): string {
  if (probe.kind !== "options" || probe.pending.length === 0) return "";
  return `\n  - changes wait for the next start, where the guest runs: ${probe.pending.map(code).join(", ")}`;
}

function stepsOf(plan: Plan, address: string): readonly Step[] {
  return plan.steps.filter((step) => step.resource === address);
}

/** How files differ from those of the committed plan: last, because it is long. */
function changeList({ textChanges = [] }: Plan): string {
  if (textChanges.length === 0) return "";
  const parts = textChanges.map((change) => `${code(change.name)}:\n\n${fenced(diffLines(change))}`);
  return ["## Files that change against the last plan", ...parts].join("\n\n");
}

/** Lines as they are, in a fence that is longer than any in them. */
function fenced(lines: readonly string[]): string {
  const shown = lines.join("\n");
  const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}diff\n${shown}\n${fence}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Text that stays text: what Markdown or HTML would read is escaped, and a line end is a blank. */
function text(raw: string): string {
  return raw.replace(/\s+/g, " ").replace(/[\\`*_[\]<>|#&]/g, "\\$&");
}

/** Text in backticks, with as many of them as it needs; a bar would end the cell of a table. */
function code(raw: string): string {
  const line = raw.replace(/\s+/g, " ").replaceAll("|", "\\|");
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}
