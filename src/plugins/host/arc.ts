import { diagnose, sectionOf, settingOf, sizeOf, sizeText } from "../../plugin-api/index.js";
import type { Diagnostic, Lowered, Resource, Section, Span, Step } from "../../plugin-api/index.js";
import { joinLowered, makeStep, onlySteps } from "../guest/step.js";
import { arcIgnored, arcTwisted } from "./findings-arc.js";
import { fileStep } from "./files.js";
import type { HostPart } from "./part.js";

const MODPROBE_FILE = "/etc/modprobe.d/zfs.conf";

/** What the kernel takes at least as `zfs_arc_max` (zfs(4)) and as `zfs_arc_min` (`arc_tuning_update` of OpenZFS). */
const LEAST_MAX = 64 * 1024 ** 2;
const LEAST_MIN = 32 * 1024 ** 2;

/** The part of the memory that the cache keeps where nobody says how much (zfs(4): zfs_arc_min). */
const KEPT_PART = 1 / 32;

/** The limits of the ZFS cache in memory: those of the running kernel, and those of its next start. */
export const arcPart: HostPart = {
  sections: {
    zfs: {
      doc: "How much memory the cache of ZFS (ARC) takes.",
      args: [],
      repeat: "once",
      options: {
        arc_max: { type: { type: "size", min: LEAST_MAX }, doc: "The most that the cache takes, at least 64 MiB." },
        arc_min: {
          type: { type: "size", min: LEAST_MIN },
          doc: "What the cache keeps when memory is short, at least 32 MiB. Default: 1/32 of the memory.",
        },
      },
      sections: {},
      instead: { zfs_arc_max: "arc_max", zfs_arc_min: "arc_min", arc: "arc_max" },
    },
  },
  diagnostics: [arcTwisted, arcIgnored],
  lower: arcSteps,
};

function arcSteps(host: Resource): Lowered {
  const section = sectionOf(host, "zfs");
  const limits = section === undefined ? [] : limitsOf(section);
  if (section === undefined || limits.length === 0) return onlySteps([]);
  const diagnostics = contrary(host, section);
  if (diagnostics.length > 0) return { steps: [], requirements: [], diagnostics };
  const content = limits.map(({ name, bytes }) => `options zfs ${name}=${bytes}\n`).join("");
  const then = [["update-initramfs", "-u", "-k", "all"]];
  const file = { path: MODPROBE_FILE, block: "zfs", content, adopt: false, then };
  const running = limits.map(({ name, bytes }): Step => {
    const other = limits.find((limit) => limit.name !== name);
    return makeStep(host, `zfs.${name}`, {
      phase: "host",
      title: `${name} of the running kernel`,
      asked: section,
      probe: {
        kind: "zfs-parameter",
        name,
        value: String(bytes),
        ...(other === undefined ? {} : { other: String(other.bytes) }),
      },
      commands: [],
    });
  });
  const kept = fileStep(host, "zfs", file, { title: "limits of the ZFS cache", asked: section });
  return joinLowered([kept, onlySteps(running)]);
}

/** The parameters of the module, in bytes: the most first, because the kernel takes no least above it. */
function limitsOf(section: Section): readonly { readonly name: string; readonly bytes: number }[] {
  return ["arc_max", "arc_min"].flatMap((name) => {
    const bytes = sizeOf(section, name);
    return bytes === undefined ? [] : [{ name: `zfs_${name}`, bytes: Math.floor(bytes) }];
  });
}

/** Limits that the kernel ignores: those that contradict each other, and those that do not fit the memory that is declared. */
function contrary(host: Resource, section: Section): readonly Diagnostic[] {
  const [least, most] = [sizeOf(section, "arc_min"), sizeOf(section, "arc_max")];
  const place = (name: string): Span => settingOf(section, name)?.span ?? section.headSpan;
  if (least !== undefined && most !== undefined && least >= most)
    return [diagnose(arcTwisted, place("arc_min"), { host: host.name })];
  const memory = sizeOf(host, "memory");
  if (memory === undefined) return [];
  const ignored = (limit: "arc_max" | "arc_min", isLow: boolean): Diagnostic =>
    diagnose(arcIgnored, place(limit), { host: host.name, limit, memory: sizeText(memory), isLow });
  return [
    ...(most !== undefined && most >= memory ? [ignored("arc_max", false)] : []),
    ...(most !== undefined && least === undefined && most <= memory * KEPT_PART ? [ignored("arc_max", true)] : []),
    ...(least !== undefined && least >= memory ? [ignored("arc_min", false)] : []),
  ];
}
