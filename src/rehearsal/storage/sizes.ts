const units = ["", "K", "M", "G", "T"];

/** Bytes as Proxmox writes sizes in configuration files: the largest unit that leaves a whole number. */
export function printSize(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (unit < units.length - 1 && amount >= 1024 && amount % 1024 === 0) {
    amount /= 1024;
    unit++;
  }
  return `${amount}${units[unit] ?? ""}`;
}

/** Bytes as Proxmox says them to people: with one decimal, as `3.0 GiB`. */
export function sayBytes(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (unit < units.length - 1 && amount >= 1024) {
    amount /= 1024;
    unit++;
  }
  return `${amount.toFixed(1)} ${units[unit] ?? ""}${unit === 0 ? "B" : "iB"}`;
}

/** Bytes of a size as Proxmox writes it; undefined when it is none. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Math.round(Number(amount) * 1024 ** units.indexOf(unit));
}

/** Bytes of an allocation `STORE:N`: N GiB, in whole KiB. */
export function allocationSize(gibibytes: number): number {
  return Math.ceil(gibibytes * 1024 * 1024) * 1024;
}

/** Bytes as `zfs` prints them: three digits and a unit; `exact` with `-p`. */
export function printZfsSize(bytes: number, exact: boolean): string {
  if (exact) return `${bytes}`;
  if (bytes < 1024) return `${bytes}${bytes === 0 ? "B" : ""}`;
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024) {
    amount /= 1024;
    unit++;
  }
  const digits = Number.isInteger(amount) ? 0 : amount >= 100 ? 0 : amount >= 10 ? 1 : 2;
  return `${amount.toFixed(digits)}${"BKMGTPE"[unit] ?? ""}`;
}

/** Bytes of a size as `zfs` reads it: `128K`, `1.4T`, `800GB`, `16384`; undefined when it is none. */
export function parseZfsSize(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)([bkmgtpe]?)(?:i?b)?$/i.exec(text) ?? [];
  return amount === undefined
    ? undefined
    : Math.floor(Number(amount) * 1024 ** Math.max(0, "bkmgtpe".indexOf(unit.toLowerCase())));
}
