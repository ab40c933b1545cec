#!/usr/bin/env bash
# Plan for the Proxmox VE node pve, compiled by phxc 0.0.0. Do not edit: change the sources and compile again.
#
# Sources (SHA-256):
#   (digest)  fleet.phx
# Environment variables read: HOME
# Digest: (digest)
#
# 3 guests, 24 steps:
#   ct 103 step-ca
#   vm 9000 tmpl
#   vm 8001 docker-1
#
# Review it, then on the host:  bash plan.sh --check   (changes nothing)   and   bash plan.sh
# Running it again changes nothing; after an interruption it goes on where it was.
# Exit codes: 0 done or nothing to do, 2 changes pending (--check), 3 refused before anything was touched,
# 4 a step failed or a guest was held back, 5 another run holds the lock, 64 wrong options, 130 interrupted.
# shellcheck shell=bash
set -Eeuo pipefail
export LC_ALL=C
umask 022

readonly PLAN_DIGEST='(digest)'
readonly PLAN_MEMORY='none' PLAN_ANCESTRY=''

# (the runtime)
# --- What this plan presupposes -------------------------------------------------------------------

preflight() {
	require_host chown flock mkdir pct pvesm qm touch wget zfs zpool
	need_node 'pve'
	need_guest ct 103 'step-ca'
	need_guest vm 9000 'tmpl'
	need_guest vm 8001 'docker-1'
	read_pools 'ashift'
	read_datasets 'canmount,keystatus,mounted,mountpoint,quota,recordsize,type' \
		'tank/vm'
	need_pool 'tank' \
		'data disk /dev/disk/by-id/a'
	need_empty 'tank/vm' '/tank/vm'
	need_place 'vmd' 'zfspool' 'pool' 'tank/vm'
	need_firewall
	need_bridge 'vmbr0'
	need_device '/dev/null' ct.103
	end_preflight
}

# --- The steps ------------------------------------------------------------------------------------

steps() {
	read_owners \
		'/srv/x'

	# pool tank (fleet.phx)
	step 'pool.tank' 'fleet.phx'
	pool zpool create \
		-o 'ashift=12' \
		'tank' \
		'/dev/disk/by-id/a'

	# dataset tank/vm (fleet.phx)
	step 'dataset.tank/vm' 'fleet.phx'
	dataset zfs create \
		-o 'recordsize=128K' \
		-o 'quota=1.4T' \
		'tank/vm'

	# storage vmd (fleet.phx)
	step 'storage.vmd' 'fleet.phx'
	storage pvesm add zfspool 'vmd' \
		--pool 'tank/vm' \
		--content 'images,rootdir' \
		--sparse '1'

	# image noble (fleet.phx)
	step 'image.noble' 'fleet.phx'
	image --sha256 '(digest)' '/var/lib/vz/template/iso/noble.img' wget \
		-nv \
		-O '/var/lib/vz/template/iso/noble.img.part' \
		'https://images.example/noble.img'

	# security group web (fleet.phx)
	step 'group.web' 'fleet.phx'
	firewall_piece --adopt group 'web' \
		'[group web] # phxc: it'\''s' \
		'IN SSH(ACCEPT)'

	# thing x (fleet.phx)
	step 'thing.x' 'fleet.phx'
	unless 3 test -e '/srv/it'\''s' touch '/srv/it'\''s'

	# ------ ct 103 step-ca
	checked_guest ct 103 'step-ca'

	# ct 103 step-ca: directory /srv/x (fleet.phx)
	step 'ct.103.mount./srv/x' 'fleet.phx'
	directory '/srv/x' 100000:100000

	# ct 103 step-ca: create (fleet.phx)
	step 'ct.103.create' 'fleet.phx'
	create --storage 'vmd' --first-start pct create 103 'local:vztmpl/debian-13-tiny_amd64.tar.zst' \
		--hostname 'step-ca' \
		--rootfs 'vmd:16' \
		--unprivileged '1'

	# ct 103 step-ca: options (fleet.phx)
	step 'ct.103.options' 'fleet.phx'
	converge --exact dev pct set 103 \
		--cores '2' \
		--memory '1024' \
		--net0 'name=eth0,bridge=vmbr0,gw=10.0.0.1,hwaddr=52:54:00:aa:bb:ca,ip=10.0.0.10/24' \
		--mp0 '/srv/x,mp=/etc/x' \
		--mp1 'vmd:5,mp=/data' \
		--dev0 '/dev/null' \
		--description 'It'\''s $(x)
ä: 100%'

	# ct 103 step-ca: raw lxc lines (fleet.phx)
	step 'ct.103.raw' 'fleet.phx'
	raw_lines 103 \
		--drop 'lxc.mount.entry: /dev/nvidia' \
		'lxc.apparmor.profile: unconfined'

	# ct 103 step-ca: disk root (fleet.phx)
	step 'ct.103.disk.root' 'fleet.phx'
	grow 'rootfs' pct resize 103 'rootfs' '20G'

	# ct 103 step-ca: firewall (fleet.phx)
	step 'ct.103.firewall' 'fleet.phx'
	managed_file '/etc/pve/firewall/103.fw' <<'END_'
# Managed by phxc: ct 103 step-ca. Changes are overwritten.
[OPTIONS]

enable: 1
END
END_

	# ct 103 step-ca: start (fleet.phx)
	step 'ct.103.start' 'fleet.phx'
	start --first pct start 103

	# ct 103 step-ca: restart (fleet.phx)
	step 'ct.103.restart' 'fleet.phx'
	restart_pending pct reboot 103

	# ct 103 step-ca: check api (fleet.phx)
	step 'ct.103.check.api' 'fleet.phx'
	check 'api' --retries 1 --every 1 --timeout 5 tcp '10.0.0.10' 9000

	# ------ vm 9000 tmpl
	guest vm 9000 'tmpl'

	# vm 9000 tmpl: what it is made from (fleet.phx)
	step 'vm.9000.inputs' 'fleet.phx'
	inputs \
		'image' '6c3b0c0a2d0f4f5e8a1d9b7c2e4f6a80' \
		'storage' 'quickOS-vm-disks' \
		'feature.docker' '0123456789abcdef'

	# vm 9000 tmpl: create (fleet.phx)
	step 'vm.9000.create' 'fleet.phx'
	create --storage 'vmd' qm create 9000 \
		--name 'tmpl' \
		--scsi0 'vmd:0,import-from=/var/lib/vz/template/iso/noble.img' \
		--ide2 'vmd:cloudinit'

	# vm 9000 tmpl: options (fleet.phx)
	step 'vm.9000.options' 'fleet.phx'
	converge qm set 9000 \
		--agent 'enabled=1' \
		--sshkeys 'ssh-ed25519 AAAA bob@x' \
		--ipconfig0 'ip=dhcp'

	# vm 9000 tmpl: disk root (fleet.phx)
	step 'vm.9000.disk.root' 'fleet.phx'
	grow 'scsi0' qm disk resize 9000 'scsi0' '32G'

	# vm 9000 tmpl: template (fleet.phx)
	step 'vm.9000.template' 'fleet.phx'
	make_template qm template 9000

	# ------ vm 8001 docker-1
	guest vm 8001 'docker-1' vm.9000

	# vm 8001 docker-1: clone (fleet.phx)
	step 'vm.8001.create' 'fleet.phx'
	create --storage 'vmd' --from vm 9000 qm clone 9000 8001 \
		--name 'docker-1' \
		--full '1'

	# vm 8001 docker-1: options (fleet.phx)
	step 'vm.8001.options' 'fleet.phx'
	converge --without 'net0.rate' qm set 8001 \
		--cores '4' \
		--net0 'virtio,bridge=vmbr0,firewall=1' \
		--delete 'nameserver'

	# vm 8001 docker-1: snapshot base (fleet.phx)
	step 'vm.8001.snapshot.base' 'fleet.phx'
	snapshot qm snapshot 8001 'base'

	# vm 8001 docker-1: stop (fleet.phx)
	step 'vm.8001.stop' 'fleet.phx'
	stop qm shutdown 8001
}

main() {
	read_arguments "$@"
	read_plan
	begin
	preflight
	settle_interrupted
	record_applied
	steps
	summary
}

# A script that was cut off anywhere above or here runs nothing.
{
	main "$@"
	exit
}
