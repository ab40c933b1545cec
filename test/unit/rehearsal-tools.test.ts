import { suite } from "uvu";
import * as assert from "uvu/assert";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { emptyHost, isMutating } from "../../src/rehearsal/index.js";
import { must, withHost, zfsHost } from "../support/sim.js";

const test = suite("rehearsal: tools of the host");

const disks = [
  { path: "/dev/disk/by-id/a", size: 10 ** 12 },
  { path: "/dev/disk/by-id/b", size: 10 ** 12 },
  { path: "/dev/disk/by-id/used", signature: "ext4" },
];

test("zpool create makes a pool on empty disks, once", () =>
  withHost(emptyHost({ disks }), async (host) => {
    assert.match(await must(host, "zpool list"), "no pools available");
    await must(host, "zpool create -o ashift=12 -O compression=lz4 tank mirror /dev/disk/by-id/a /dev/disk/by-id/b");
    assert.is(await must(host, "zpool list -H -o name,health"), "tank\tONLINE\n");
    assert.is(await must(host, "zpool get -H -o value ashift tank"), "12\n");
    assert.ok(existsSync(join(host.root, "tank")));
    assert.match(await must(host, "zpool create tank /dev/disk/by-id/a", 1), "pool already exists");
    assert.match(
      await must(host, "zpool create other /dev/disk/by-id/a", 1),
      "/dev/disk/by-id/a is in use and contains a unknown filesystem.",
    );
    assert.match(
      await must(host, "zpool create other /dev/disk/by-id/used", 1),
      "contains a filesystem of type 'ext4'",
    );
    assert.match(await must(host, "zpool create other /dev/disk/by-id/none", 1), "cannot resolve path");
    assert.match(
      await must(host, "zpool create other mirror /dev/disk/by-id/a", 1),
      "mirror requires at least 2 devices",
    );
    const look = "wipefs --no-act --noheadings";
    assert.is(await must(host, `${look} --output TYPE /dev/disk/by-id/a`), "zfs_member\n");
    assert.match(await must(host, `${look} -o TYPE /dev/disk/by-id/a`, 1), "invalid offset argument: 'TYPE'");
  }));

test("zfs: properties are inherited, normalised and refused as by zfs", () =>
  withHost(zfsHost(), async (host) => {
    await must(host, "zfs create -o recordsize=16K -o quota=1.4T -o compression=lz4 tank/data");
    await must(host, "zfs create tank/data/sub");
    const get = (what: string): Promise<string> => must(host, `zfs get -Hp -o value,source ${what}`);
    assert.is(await get("recordsize,quota,sync tank/data"), "16384\tlocal\n1539316278886\tlocal\nstandard\tdefault\n");
    assert.is(await get("compression,quota tank/data/sub"), "lz4\tinherited from tank/data\n0\tdefault\n");
    assert.is(await must(host, "zfs get -H -o value quota,mountpoint tank/data"), "1.40T\n/tank/data\n");
    assert.match(await must(host, "zfs create tank/no/parent", 1), "parent does not exist");
    assert.match(await must(host, "zfs create tank/data", 1), "dataset already exists");
    await must(host, "zfs create -p tank/no/parent");
    assert.match(await must(host, "zfs set recordsize=17K tank/data", 255), "'recordsize' must be power of 2");
    assert.match(await must(host, "zfs set foo=1 tank/data", 255), "invalid property 'foo'");
    assert.match(await must(host, "zfs set quota=lots tank/data", 255), "bad numeric value 'lots'");
    assert.match(
      await must(host, "zfs create -o atime=maybe tank/x", 1),
      "cannot create 'tank/x': 'atime' must be one of 'on | off'",
    );
    assert.match(await must(host, "zfs destroy tank/data", 1), "filesystem has children");
    await must(host, "zfs destroy -r tank/data");
    assert.not.ok(existsSync(join(host.root, "tank/data")));
  }));

test("zfs: the mount point of a dataset is a folder that moves with it", () =>
  withHost(zfsHost(), async (host) => {
    await must(host, "zfs create tank/data");
    await must(host, "zfs set mountpoint=/srv/data tank/data");
    assert.ok(existsSync(join(host.root, "srv/data")));
    assert.not.ok(existsSync(join(host.root, "tank/data")));
    await must(host, "zfs create -o mountpoint=none tank/hidden");
    assert.not.ok(existsSync(join(host.root, "tank/hidden")));
  }));

test("pvesm: definitions, sets, fixed options", () =>
  withHost(zfsHost(), async (host) => {
    await must(host, "pvesm add zfspool zp --pool tank/zp --content images,rootdir --sparse 1");
    await must(host, "pvesm add dir backup --path /srv/backup --content backup");
    const text = readFileSync(join(host.root, "etc/pve/storage.cfg"), "utf8");
    assert.match(
      text,
      /\nzfspool: zp\n\tpool tank\/zp\n\tcontent (?:images,rootdir|rootdir,images)\n\tsparse 1\n\ndir: backup\n\tpath \/srv\/backup\n\tcontent backup\n/,
    );
    assert.match(await must(host, "pvesm add zfspool zp --pool tank/zp", 255), "storage ID 'zp' already defined");
    assert.match(await must(host, "pvesm set zp --pool other", 255), "can't change value of fixed parameter 'pool'");
    assert.match(await must(host, "pvesm set backup --path /y", 2), "Unknown option: path");
    assert.match(await must(host, "pvesm set zp --content iso", 255), "does not support content type 'iso'");
    assert.match(await must(host, "pvesm add dir x --path /x", 2), "cannot be shorter than 2 characters");
    assert.match(
      await must(host, "pvesm free vms:vm-100-disk-0"),
      "does not exist\nRemoved volume".replace("does not exist\n", ""),
    );
    assert.match(await must(host, "pvesm alloc vms 100 vm-100-disk-7 1G"), "successfully created 'vms:vm-100-disk-7'");
    assert.match(await must(host, "pvesm list vms --vmid 100"), "vms:vm-100-disk-7 raw     images    1073741824 100");
    assert.is(await must(host, "pvesm path vms:vm-100-disk-7"), "/dev/zvol/tank/vms/vm-100-disk-7\n");
  }));

test("an allocation on a storage whose dataset is not there fails, and leaves no guest behind", () =>
  withHost(
    emptyHost({ storages: [{ type: "zfspool", id: "gone", options: { pool: "tank/gone", content: "images" } }] }),
    async (host) => {
      assert.match(await must(host, "qm create 100 --scsi0 gone:1", 255), "parent does not exist");
      assert.equal(host.guests(), []);
    },
  ));

test("templates and images are fetched, keep their size and checksum wherever they are moved", () =>
  withHost(
    zfsHost({
      downloads: {
        "https://x.org/a.img": { size: 2 * 1024 ** 3, sha256: "ab".repeat(32) },
        "https://x.org/no": { fails: 8 },
      },
    }),
    async (host) => {
      const script = `cd "$PHXC_ROOT/var/lib/vz/template/iso"
wget -nv -O a.part https://x.org/a.img </dev/null
mv a.part a.img
sha256sum <a.img
echo text >t; sha256sum t | cut -c1-8
wget -O b https://x.org/no; echo $?
`;
      const result = await host.runScript(script);
      assert.is(result.stdout, `${"ab".repeat(32)}  -\nb9e68e1b\n8\n`);
      await must(host, "qm create 100 --scsi0 vms:0,import-from=/var/lib/vz/template/iso/a.img");
      assert.match(await must(host, "qm config 100"), "scsi0: vms:vm-100-disk-0,size=2G");
      await must(host, "pveam download local debian-12-standard_12.7-1_amd64.tar.zst");
      assert.match(await must(host, "pveam list local"), "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst");
      assert.match(await must(host, "pveam download local nonsense", 255), "no such template");
    },
  ));

test("owners are kept without any privilege", () =>
  withHost(zfsHost(), async (host) => {
    const result = await host.runScript(`cd "$PHXC_ROOT/tank"
mkdir a a/b; stat -c '%u:%g' -- a; chown 101000:101001 -- a; stat -c '%u:%g %a %F' -- a; stat -c '%u:%g' -- a/b
chown -R 5 a; stat -c '%u:%g' a/b; stat -c %u nope; echo $?; id -u
`);
    assert.is(result.stdout, "0:0\n101000:101001 755 directory\n0:0\n5:0\n1\n0\n");
  }));

test("checks over the network are answered by running guests", () =>
  withHost(zfsHost(), async (host) => {
    await must(
      host,
      "pct create 200 local:vztmpl/debian-13-tiny_amd64.tar.zst --rootfs cts:1 --net0 name=eth0,bridge=vmbr0,ip=10.0.0.9/24",
    );
    const script = `tcp() { perl -MIO::Socket::IP -e 'exit !IO::Socket::IP->new(PeerHost => $ARGV[0])' 10.0.0.9 "$1" 5; echo $?; }
tcp 22; pct start 200 </dev/null; tcp 22; tcp 23
perl -MHTTP::Tiny -e 'exit 1' http://10.0.0.9:8080/ 200 5; echo $?
perl -MHTTP::Tiny -e 'exit 1' http://10.0.0.9:8080/ 404 5; echo $?
perl -e 'print 6 * 7, "\\n"'
`;
    host.state.manners[200] = { closedPorts: [23] };
    const result = await host.runScript(script);
    assert.is(result.stdout, "1\n0\n1\n0\n1\n42\n");
  }));

test("pvesh get and pveversion", () =>
  withHost(zfsHost(), async (host) => {
    await must(host, "qm create 100 --name web");
    assert.match(
      await must(host, "pvesh get /version --output-format json"),
      '{"release":"9.2","repoid":"14a22df35955d97d","version":"9.2.11"}',
    );
    assert.is(await must(host, "pvesh get /cluster/nextid"), "101\n");
    assert.match(
      await must(host, "pvesh get /cluster/resources --type vm --output-format json"),
      '"id":"qemu/100","name":"web"',
    );
    assert.match(await must(host, "pvesh get /nodes/pve/qemu/100/config --output-format json"), '"name":"web"');
    assert.match(await must(host, "pvesh create /nodes/pve/qemu --vmid 101", 127), "simulated host: unknown");
    assert.match(await must(host, "pveversion"), "pve-manager/9.2.11/");
  }));

test("which commands may change something", () => {
  const changing = [
    "qm set 100 --memory 1",
    "qm importdisk 1 a b",
    "pct exec 200 -- ls",
    "zfs set a=b c",
    "zpool create a b",
    "wget x",
    "chown a b",
    "pvesm free x",
    "pvesh create /x",
    "qm frobnicate",
    "systemctl restart x",
  ];
  const reading = [
    "qm config 100",
    "qm guest cmd 100 ping",
    "pct status 200",
    "zfs get all x",
    "zpool list",
    "stat x",
    "pvesm status",
    "pvesh get /x",
    "pveversion",
    "wipefs -n x",
    "perl -e 1",
    "sha256sum x",
  ];
  for (const line of changing) assert.ok(isMutating(line.split(" ")), line);
  for (const line of reading) assert.not(isMutating(line.split(" ")), line);
});

test.run();
