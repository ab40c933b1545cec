/**
 * Fleets of any size for measuring and counting: every second guest is a clone of a virtual machine, the others are
 * containers that need it, each with an address, a disk, a firewall and what else about twenty lines say.
 */

/** The declaration of a fleet of so many guests, besides the template that half of them are cloned from. */
export function fleetText(guests: number): string {
  return [PROLOGUE, ...Array.from({ length: guests }, (_, i) => (i % 2 === 0 ? machine(i) : container(i)))].join("\n");
}

const PROLOGUE = `network lan { bridge = vmbr0, subnet = 10.64.0.0/10, gateway = 10.64.0.1 }
storage dir backup { path = "/srv/backup", content = [backup] }
pool tank { disks = ["/dev/disk/by-id/a"], raid = single }
dataset tank/cts {
  quota = 900T
  storage zfspool { id = tank-cts, content = [rootdir] }
}
vm 100 base {
  template = true
  image    = "/root/i.qcow2"
  disk root { size = 8GiB, storage = local-lvm }
  net lan { ip = dhcp }
}
`;

/** The first free id; the template has 100. */
const FIRST_ID = 1000;

function address(n: number): string {
  return `10.${64 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;
}

function machine(i: number): string {
  return `vm ${FIRST_ID + i} app-${i} {
  clone       = base
  cores       = ${1 + (i % 8)}
  memory      = ${2 + (i % 6)}GiB
  description = "Application server ${i}"
  tags        = [app, "group-${i % 10}"]
  disk root { size = 32GiB }
  net lan {
    ip       = ${address(i + 256)}
    firewall = true
  }
  boot {
    start = true
    order = ${1 + (i % 2)}
  }
  firewall {
    in accept tcp 22 from lan
    in accept tcp [80, 443] from ${address(256)}
  }
}
`;
}

function container(i: number): string {
  return `ct ${FIRST_ID + i} web-${i} {
  image        = "local:vztmpl/debian-13-tiny_amd64.tar.zst"
  unprivileged = true
  cores        = ${1 + (i % 4)}
  memory       = ${1 + (i % 4)}GiB
  needs        = [app-${i - 1}]
  tags         = [web, "group-${i % 10}"]
  disk root { size = 8GiB, storage = ${i % 4 === 1 ? "local-lvm" : "tank-cts"} }
  net lan {
    ip       = ${address(i + 256)}
    firewall = true
  }
  mount "/srv/data/${FIRST_ID + i}" { at = "/data", owner = 0:0 }
  boot {
    start = true
    order = ${1 + (i % 2)}
  }
  firewall {
    in accept tcp 22 from lan
  }
}
`;
}
