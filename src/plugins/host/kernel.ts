import { managedText, renderValue, sectionOf, settingOf, stringsOf } from "../../plugin-api/index.js";
import type { Lowered, Resource, Section } from "../../plugin-api/index.js";
import { joinLowered } from "../guest/step.js";
import * as t from "../guest/types.js";
import { fileStep } from "./files.js";
import type { HostPart } from "./part.js";

const SYSCTL_FILE = "/etc/sysctl.d/90-phxc.conf";
const MODULES_FILE = "/etc/modules-load.d/phxc.conf";

/** Parameters and modules of the running kernel, kept over a restart. */
export const kernelPart: HostPart = {
  options: {
    modules: {
      type: t.listOfType({ type: "string", pattern: "[a-zA-Z0-9_-]+", describe: "the name of a kernel module" }, true),
      doc: "Kernel modules that are loaded now and at every start of the host.",
    },
  },
  sections: {
    sysctl: {
      doc: "Parameters of the kernel, set now and at every start of the host.",
      args: [],
      repeat: "once",
      options: {},
      sections: {},
      free: {
        pattern: "[a-z][a-zA-Z0-9_-]*([./][a-zA-Z0-9_*-]+)+",
        describe: "the name of a kernel parameter, as `vm.swappiness`",
        option: { type: t.union(t.bool, { type: "int" }, t.text), doc: "The value of the parameter." },
      },
    },
  },
  instead: { sysctls: "sysctl", kernel_modules: "modules" },
  lower: (host): Lowered => joinLowered([...sysctlStep(host), ...modulesStep(host)]),
};

/** A value, and a module that is loaded, stay until the host starts again: nothing brings what was there before. */
const STAYS = {};

function sysctlStep(host: Resource): readonly Lowered[] {
  const section = sectionOf(host, "sysctl");
  const lines = section === undefined ? [] : parameters(section);
  if (section === undefined || lines.length === 0) return [];
  const content = managedText("kernel parameters", lines);
  const then = [["sysctl", "-p", SYSCTL_FILE]];
  const file = { path: SYSCTL_FILE, content, adopt: false, mode: "644", then, removal: STAYS };
  return [fileStep(host, "sysctl", file, { title: "kernel parameters", asked: section })];
}

function parameters(section: Section): readonly string[] {
  return [...section.settings.values()].flatMap(({ name, value }) =>
    value.type === "error" || value.type === "absent" ? [] : [`${name} = ${renderValue(value)}`],
  );
}

function modulesStep(host: Resource): readonly Lowered[] {
  const names = stringsOf(host, "modules");
  if (names.length === 0 || settingOf(host, "modules") === undefined) return [];
  const content = managedText("kernel modules", names);
  const then = [["modprobe", "--all", ...names]];
  const file = { path: MODULES_FILE, content, adopt: false, mode: "644", then, removal: STAYS };
  return [fileStep(host, "modules", file, { title: "kernel modules" })];
}
