/** What can be left to phxc to choose, as the lock file calls it. Addresses of both families are one sort. */
export type DrawSort = "id" | "ip" | "mac";

/** Whose the id of a template is in the lock file that was made anew beside the one under its written id: `vm.9000.build`. */
export function buildKey(kind: string, id: number): string {
  return `${kind}.${id}.build`;
}

/** The id that the files write of such a template; undefined for any other key of the lock file. */
export function writtenId(key: string): number | undefined {
  const [, id] = /^[a-z]+\.(\d+)\.build$/.exec(key) ?? [];
  return id === undefined ? undefined : Number(id);
}

/** A guest that has a value already. */
export interface GuestOccupant {
  readonly kind: "vm" | "ct";
  readonly id: number;
  readonly name?: string;
}

/** Who has a value already: a guest, or a host itself. */
export type Occupant = GuestOccupant | { readonly kind: "host"; readonly name: string };

/** How findings call it: `vm 100 web`, `host pve1`. */
export function occupantText(occupant: Occupant): string {
  if (occupant.kind === "host") return `host ${occupant.name}`;
  const { kind, id, name } = occupant;
  return [kind, id, ...(name === undefined ? [] : [name])].join(" ");
}

/** A value that a guest of a captured host has, or the host: what is drawn for other guests must differ from it. */
export interface Occupied<Who extends Occupant = Occupant> {
  readonly sort: DrawSort;
  /** As the lock file writes it: addresses in their short form, MAC addresses in lower case. */
  readonly value: string;
  /** Of an address: what its interface is on. */
  readonly bridge?: string;
  readonly vlan?: number;
  readonly guest: Who;
}
