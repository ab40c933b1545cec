import { diagnose, sectionOf, settingOf, sizeOf } from "../../plugin-api/index.js";
import type { Diagnostic, Lowered, Resource, Section, Step } from "../../plugin-api/index.js";
import { joinLowered, makeStep, onlySteps } from "../guest/step.js";
import { arcTwisted } from "./findings-arc.js";
import { fileStep } from "./files.js";
import type { HostPart } from "./part.js";

const MODPROBE_FILE = "/etc/modprobe.d/zfs.conf";

/** The kernel ignores a smaller limit (zfs(4): zfs_arc_max). */
const LEAST_ARC = 64 * 1024 ** 2;

/** The limits of the ZFS cache in memory: those of the running kernel, and those of its next start. */
export const arcPart: HostPart = {
  sections: {
    zfs: {
      doc: "How much memory the cache of ZFS (ARC) takes.",
      args: [],
      repeat: "once",
      options: {
        arc_max: { type: { type: "size", min: LEAST_ARC }, doc: "The most that the cache takes, at least 64 MiB." },
        arc_min: { type: { type: "size", min: 1 }, doc: "What the cache keeps when memory is short." },
      },
      sections: {},
      instead: { zfs_arc_max: "arc_max", zfs_arc_min: "arc_min", arc: "arc_max" },
    },
  },
  diagnostics: [arcTwisted],
  lower: arcSteps,
};

function arcSteps(host: Resource): Lowered {
  const section = sectionOf(host, "zfs");
  const limits = section === undefined ? [] : limitsOf(section);
  if (section === undefined || limits.length === 0) return onlySteps([]);
  const diagnostics = twisted(host, section);
  if (diagnostics.length > 0) return { steps: [], requirements: [], diagnostics };
  const content = limits.map(({ name, bytes }) => `options zfs ${name}=${bytes}\n`).join("");
  const then = [["update-initramfs", "-u", "-k", "all"]];
  const file = { path: MODPROBE_FILE, block: "zfs", content, adopt: false, then };
  const running = limits.map(({ name, bytes }): Step =>
    makeStep(host, `zfs.${name}`, {
      phase: "host",
      title: `${name} of the running kernel`,
      asked: section,
      probe: { kind: "zfs-parameter", name, value: String(bytes) },
      commands: [],
    }),
  );
  const kept = fileStep(host, "zfs", file, { title: "limits of the ZFS cache", asked: section });
  return joinLowered([kept, onlySteps(running)]);
}

/** The parameters of the module, in bytes. */
function limitsOf(section: Section): readonly { readonly name: string; readonly bytes: number }[] {
  return ["arc_max", "arc_min"].flatMap((name) => {
    const bytes = sizeOf(section, name);
    return bytes === undefined ? [] : [{ name: `zfs_${name}`, bytes: Math.floor(bytes) }];
  });
}

function twisted(host: Resource, section: Section): readonly Diagnostic[] {
  const [least, most] = [sizeOf(section, "arc_min"), sizeOf(section, "arc_max")];
  if (least === undefined || most === undefined || least < most) return [];
  return [diagnose(arcTwisted, settingOf(section, "arc_min")?.span ?? section.headSpan, { host: host.name })];
}
