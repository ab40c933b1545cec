import { defineRule, devices, diagnose, gpus, listOf, pciDevices, usbDevices } from "../../../plugin-api/index.js";
import type { Resource, Section, Span } from "../../../plugin-api/index.js";
import { factsOf, phrase, placeOf, push } from "../facts.js";
import type { Guest } from "../facts.js";
import { deviceClaimed, pciClaimed } from "../findings/resources.js";

/** Device files that one user has at a time: serial ports and what is on the USB bus. */
const EXCLUSIVE = /^\/dev\/(?:ttyUSB|ttyACM|ttyS|serial\/|bus\/usb\/)/;

interface Claim {
  readonly guest: Guest;
  readonly span: Span;
  /** The guest gets the device itself, rather than the use of what the host drives. */
  readonly whole: boolean;
  /** Of a PCI device: with its function. */
  readonly address: string;
}

/** A claim with the name of its device for people. */
type Named = readonly [string, Claim];

/** A device is not given to two guests that run at the same time, on one host. */
export const deviceClaims = defineRule({
  name: "device/claimed-twice",
  check(model, report) {
    const pci = new Map<string, Claim[]>();
    const others = new Map<string, Claim[]>();
    for (const guest of factsOf(model).guests.filter(({ starts }) => starts)) {
      const where = guest.host?.name ?? "";
      for (const claim of pciClaims(guest)) push(pci, `${where} ${claim.address.replace(/\..*/, "")}`, claim);
      for (const [name, claim] of otherClaims(guest)) push(others, `${where} ${name}`, claim);
    }
    for (const claims of pci.values()) {
      const clash = claims.find((claim) => claims.some((other) => isClash(other, claim)));
      const sharing = clash === undefined ? [] : claims.filter((claim) => claim === clash || isClash(clash, claim));
      const [first, second] = sharing;
      if (first === undefined || second === undefined) continue;
      const args = { address: first.address, guests: phrase(labels(sharing)) };
      report(diagnose(pciClaimed, second.span, args, { related: relatedTo(sharing, second) }));
    }
    for (const [key, claims] of others) {
      const [first, second] = claims;
      if (first === undefined || second === undefined || labels(claims).length < 2) continue;
      const args = { device: key.slice(key.indexOf(" ") + 1), guests: phrase(labels(claims)) };
      report(diagnose(deviceClaimed, second.span, args, { related: relatedTo(claims, second) }));
    }
  },
});

/** Containers share a card that the host drives; a machine has it alone. */
function isClash(one: Claim, other: Claim): boolean {
  if (one === other || one.guest === other.guest || !(one.whole || other.whole)) return false;
  const isWhole = !one.address.includes(".") || !other.address.includes(".");
  return isWhole || one.address === other.address;
}

function labels(claims: readonly Claim[]): readonly string[] {
  return [...new Set(claims.map(({ guest }) => guest.label))];
}

function relatedTo(claims: readonly Claim[], but: Claim): readonly { readonly span: Span; readonly message: string }[] {
  return claims.filter((claim) => claim !== but).map(({ guest, span }) => ({ span, message: guest.label }));
}

/** The PCI devices of a machine; of a container those behind its GPUs, where its host says where these are. */
function pciClaims(guest: Guest): readonly Claim[] {
  const passed = pciDevices(guest.resource)
    .filter(({ mdev }) => mdev === undefined)
    .flatMap(({ section, addresses }) =>
      addresses.map((address) => ({ guest, span: placeOf(section, "address"), whole: true, address })),
    );
  const known = guest.host === undefined ? [] : listOf(guest.host, "gpus");
  const used = (gpus(guest.resource) ?? []).flatMap((index) => {
    const value = known[index];
    return value?.type === "string"
      ? [{ guest, span: placeOf(guest.resource, "gpus"), whole: false, address: value.value.toLowerCase() }]
      : [];
  });
  return [...passed, ...used];
}

/** What else is for one guest at a time, by its name for people. A mapping may stand for several devices of one kind. */
function otherClaims(guest: Guest): readonly Named[] {
  const { resource } = guest;
  const claim = (span: Span): Claim => ({ guest, span, whole: true, address: "" });
  const usb = usbDevices(resource).flatMap(({ section, host, mapping }): readonly Named[] => {
    if (mapping !== undefined) return [[`the USB mapping ${mapping}`, claim(placeOf(section, "mapping"))]];
    return host === undefined || host === "spice" ? [] : [[`the USB device ${host}`, claim(section.headSpan)]];
  });
  const mapped = pciDevices(resource).flatMap(({ section, mapping, mdev }): readonly Named[] =>
    mapping === undefined || mdev !== undefined
      ? []
      : [[`the PCI mapping ${mapping}`, claim(placeOf(section, "mapping"))]],
  );
  const files = containerDevices(resource).map(({ path, section }): Named => [
    path,
    claim(section?.headSpan ?? resource.headSpan),
  ]);
  return [...usb, ...mapped, ...files];
}

function containerDevices(
  resource: Resource,
): readonly { readonly path: string; readonly section: Section | undefined }[] {
  return (devices(resource) ?? []).filter(({ path }) => EXCLUSIVE.test(path));
}
