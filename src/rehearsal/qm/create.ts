import { emptyConfig } from "../config/guest-config.js";
import { makeVolumes } from "../guest/making.js";
import { type Call, vmid } from "../host/command.js";
import { takenMessage, writeConfig, writeLockOnly } from "../host/guests.js";
import { newUuid } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { checkDrives, drivesOf, isCdrom, isCloudInit, placeDrive } from "./drives.js";
import { startVm } from "./lifecycle.js";
import { checkOptions, setPlain, wantedOptions, wantsStart, writtenValue } from "./options.js";

const unsupported = ["archive", "ha-managed", "import-working-storage", "live-restore", "unique"];

/** `qm create` */
export async function qmCreate(call: Call): Promise<void> {
  const id = vmid(call);
  const { machine } = call;
  for (const name of unsupported)
    if (call.args.values.has(name)) refuse(`simulated host: unknown option --${name} of qm create`, 127);
  const wanted = await wantedOptions(call);
  const config = emptyConfig();
  const drives = drivesOf(wanted);
  checkOptions(call, config.current, wanted);
  checkDrives(call, drives);
  const taken = takenMessage(machine, id);
  if (taken !== undefined) refuse(`unable to create VM ${id} - ${taken}`);
  writeLockOnly(machine, "vm", id, "create");
  const refusal = (message: string): string => `unable to create VM ${id} - ${message}`;
  await makeVolumes(call, { kind: "vm", id, refusal }, async (made) => {
    for (const [option, value] of drives) config.current.options.set(option, placeDrive(call, id, option, value, made));
    await call.midway();
  });
  for (const [option, value] of wanted)
    if (!config.current.options.has(option)) setPlain(config.current, option, writtenValue(machine, option, value));
  addDefaults(call, config.current.options);
  if (drives.some(([option, value]) => isCloudInit(option, value))) call.print("generating cloud-init ISO");
  writeConfig(machine, "vm", id, config);
  if (wantsStart(call)) await startVm(call, id);
}

function addDefaults({ machine }: Call, options: Map<string, string>): void {
  if (!options.has("boot")) {
    const devices = bootDevices(options);
    options.set("boot", devices.length === 0 ? "" : `order=${devices.join(";")}`);
  }
  if (!options.has("smbios1")) options.set("smbios1", `uuid=${newUuid(machine)}`);
  else if (!(options.get("smbios1") ?? "").includes("uuid="))
    options.set("smbios1", `${options.get("smbios1") ?? ""},uuid=${newUuid(machine)}`);
  if (!options.has("vmgenid")) options.set("vmgenid", newUuid(machine));
  options.set("meta", `creation-qemu=10.0.13,ctime=${machine.state.clock}`);
}

/** The first disk, the first CD drive, the first net. */
function bootDevices(options: ReadonlyMap<string, string>): string[] {
  const drives = drivesOf(options).filter(([name]) => !/^(?:efidisk|tpmstate)/.test(name));
  const isCd = ([name, value]: readonly [string, string]): boolean => isCdrom(name, value) || isCloudInit(name, value);
  const disk = drives.find((drive) => !isCd(drive))?.[0];
  const cd = drives.find(isCd)?.[0];
  const net = [...options.keys()].filter((name) => /^net\d+$/.test(name)).sort()[0];
  return [disk, cd, net].filter((name) => name !== undefined);
}
