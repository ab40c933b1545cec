import { diagnose, sectionOf, settingOf, stringsOf } from "../../plugin-api/index.js";
import type {
  Diagnostic,
  Lowered,
  OptionType,
  Resource,
  RetiredThing,
  Section,
  SectionSpec,
  Span,
  Step,
} from "../../plugin-api/index.js";
import { makeStep, onlySteps } from "../guest/step.js";
import * as t from "../guest/types.js";
import { bootParameter, iommuOff, parameterTwice } from "./findings-kernel.js";

/** A parameter as GRUB and systemd-boot hand it on unchanged: no blank, no quote, nothing that a shell would take for its own. */
const parameter: OptionType = {
  type: "string",
  pattern: "[A-Za-z0-9][A-Za-z0-9_.-]*(=[A-Za-z0-9_.,:;/=+@%-]*)?",
  describe: "a parameter of the kernel, as `intel_iommu=on` or `nosmt`",
};

/** `kernel { cmdline = ["intel_iommu=on"] }` */
export const kernelSection: SectionSpec = {
  doc: "What the kernel is started with.",
  args: [],
  repeat: "once",
  options: {
    cmdline: {
      type: t.listOfType(parameter, true),
      doc: "Parameters on the command line of the kernel, each by itself: all others stay. The host has to be restarted for them.",
    },
    without: {
      type: t.listOfType(parameter, true),
      doc: "Parameters that are taken off the command line: by name (`quiet`), or with one value (`iommu=off`).",
    },
  },
  sections: {},
  instead: { parameters: "cmdline", command_line: "cmdline", args: "cmdline", remove: "without", absent: "without" },
};

/** What a host's kernel is to be started with. */
export interface KernelLine {
  readonly parameters: readonly string[];
  readonly without: readonly string[];
  /** The block that says so, or the one that needs the IOMMU. */
  readonly asked: Section;
  readonly lowered: Lowered;
}

/** The command line of a host's kernel; devices for machines need the IOMMU. Undefined where nothing is declared of it. */
export function kernelLine(host: Resource, passed: Section | undefined): KernelLine | undefined {
  const section = sectionOf(host, "kernel");
  const parameters = section === undefined ? [] : stringsOf(section, "cmdline");
  const without = section === undefined ? [] : stringsOf(section, "without");
  const asked = parameters.length + without.length > 0 ? section : passed;
  if (asked === undefined) return undefined;
  const diagnostics = section === undefined ? [] : findings(host, section, { parameters, without, passed });
  if (diagnostics.length > 0) return { parameters, without, asked, lowered: { ...onlySteps([]), diagnostics } };
  const step = makeStep(host, "kernel-line", {
    phase: "host",
    title: "command line of the kernel",
    asked,
    probe: { kind: "kernel-line", parameters, without, ...(passed === undefined ? {} : { iommu: true }) },
    commands: [],
  });
  return { parameters, without, asked, lowered: onlySteps([step]) };
}

/** Takes parameters off that no file declares any more, with the value that they had. */
export function leaveKernelLine({ kind, name, options }: RetiredThing, source: Span): readonly Step[] {
  if (kind !== "kernel-line") return [];
  const step: Step = {
    id: "kernel-line.remove",
    phase: "finish",
    resource: `kernel-line.${name}`,
    title: "parameters of the kernel that are no longer declared",
    risk: "safe",
    probe: {
      kind: "kernel-line",
      parameters: [],
      without: Object.values(options).flatMap((words) => words.split(" ")),
    },
    commands: [],
    requires: [],
    source,
  };
  return [step];
}

/** Parameters that say which system is started: their places are the boot loader's. */
const OF_LOADER = ["BOOT_IMAGE", "boot", "initrd", "root"];

const IOMMU_OFF = ["amd_iommu=off", "intel_iommu=off", "iommu=off"];

function findings(
  host: Resource,
  section: Section,
  line: {
    readonly parameters: readonly string[];
    readonly without: readonly string[];
    readonly passed: Section | undefined;
  },
): readonly Diagnostic[] {
  const { parameters, without, passed } = line;
  const at = settingOf(section, "cmdline")?.span ?? section.headSpan;
  const nameOf = (text: string): string => text.split("=")[0] ?? text;
  const both = parameters.filter((text) => without.includes(text) || without.includes(nameOf(text)));
  const loaders = [...parameters, ...without].filter((text) => OF_LOADER.includes(nameOf(text)));
  const off = passed === undefined ? [] : parameters.filter((text) => IOMMU_OFF.includes(text));
  return [
    ...both.map((text) => diagnose(parameterTwice, at, { host: host.name, parameter: text })),
    ...loaders.map((text) => diagnose(bootParameter, at, { host: host.name, parameter: text })),
    ...off.map((text) => diagnose(iommuOff, at, { host: host.name, parameter: text })),
  ];
}
