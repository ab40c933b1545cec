import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { must, withHost, zfsHost } from "./sim.js";

/** A container template that the hosts of {@link zfsHost} have. */
export const template = "local:vztmpl/debian-13-tiny_amd64.tar.zst";

/** A host with VM 100 (a disk, a net) and the unprivileged container 200. */
export function withGuests(use: (host: SimulatedHost) => Promise<void>): () => Promise<void> {
  return () =>
    withHost(zfsHost({ devices: ["/dev/nvidia0", "/dev/nvidiactl"] }), async (host) => {
      await must(host, "qm create 100 --name web --memory 512 --scsi0 vms:4 --net0 virtio,bridge=vmbr0");
      await must(
        host,
        `pct create 200 ${template} --hostname ct1 --rootfs cts:4 --net0 name=eth0,bridge=vmbr0,firewall=1,ip=dhcp`,
      );
      await use(host);
    });
}

/** A guest's configuration file: VMs have ids below 200. */
export function conf(host: SimulatedHost, id: number): string {
  return readFileSync(join(host.root, "etc/pve", id < 200 ? "qemu-server" : "lxc", `${id}.conf`), "utf8");
}

/** The value of an option in a guest's file; undefined when it is not set. */
export function option(host: SimulatedHost, id: number, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, "m").exec(conf(host, id).split("\n[")[0] ?? "")?.[1];
}
