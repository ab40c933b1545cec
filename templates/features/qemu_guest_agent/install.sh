#!/bin/sh
need_debian
packages qemu-guest-agent
# A device starts it, so that there is nothing to enable.
test ! -d /run/systemd/system || systemctl start qemu-guest-agent
