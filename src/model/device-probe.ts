/** What decides about the devices of a host: drivers, and whether it has to be restarted first. */
export type DeviceProbe =
  /**
   * What the files ask for holds only after a restart of the host: devices (`10de:2684`, `0000:01:00`) are not with vfio-pci, modules are loaded
   * that must not be, another driver of NVIDIA is loaded. The run ends there, and goes on after the restart.
   */
  | {
      readonly kind: "restart-of-host";
      readonly vfio: readonly string[];
      readonly without: readonly string[];
      readonly nvidia?: string;
      /** Parameters that the kernel which runs must have been started with, or without (by name, or with a value). */
      readonly line?: readonly string[];
      readonly noLine?: readonly string[];
    }
  /**
   * The command line that the boot loader gives to the kernel lacks a parameter, or has one that it is to be without. `iommu`:
   * it also needs what switches the IOMMU on, where that is off.
   */
  | {
      readonly kind: "kernel-line";
      readonly parameters: readonly string[];
      readonly without: readonly string[];
      readonly iommu?: true;
    }
  /** The driver of NVIDIA is neither loaded in this version nor installed by an earlier run. */
  | { readonly kind: "nvidia-driver"; readonly version: string };

/** Cards that must be there: one of this id or at this address, or one of NVIDIA's that is none of these. */
export type CardRequirement =
  { readonly kind: "card"; readonly id: string } | { readonly kind: "nvidia-card"; readonly except: readonly string[] };
