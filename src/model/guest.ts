export type GuestKind = "vm" | "ct";

/** A guest as steps name it. */
export interface GuestRef {
  readonly kind: GuestKind;
  readonly id: number;
  readonly name: string;
}
