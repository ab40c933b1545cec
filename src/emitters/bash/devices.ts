import type { Probe } from "../../model/plan.js";
import { ShellWord } from "./shell-word.js";

const value = (text: string): ShellWord => ShellWord.value(text);
const bare = (text: string): ShellWord => ShellWord.bare(text);

type Fence = Extract<Probe, { kind: "restart-of-host" }>;

/** What a run waits for that holds only after a restart of the host. */
export function fenceWords({ vfio, without, line = [], noLine = [], nvidia }: Fence): ShellWord[] {
  const word = (name: string, text: string): ShellWord => ShellWord.join([bare(name), value(text)]);
  return [
    ...vfio.map((id) => word("--vfio", id)),
    ...without.map((module) => word("--without", module)),
    ...line.map((parameter) => word("--line", parameter)),
    ...noLine.map((parameter) => word("--no-line", parameter)),
    ...(nvidia === undefined ? [] : [word("--nvidia", nvidia)]),
  ];
}

/** The parameters of the kernel's command line, each on a line of its own. */
export function kernelWords({ parameters, without, iommu }: Extract<Probe, { kind: "kernel-line" }>): ShellWord[] {
  return [
    ...(iommu === true ? [bare("--iommu")] : []),
    ...without.map((text) => ShellWord.join([bare("--without"), value(text)])),
    ...parameters.map(value),
  ];
}
