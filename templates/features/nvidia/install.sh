#!/bin/sh
need_debian
packages ca-certificates curl kmod
installer="NVIDIA-Linux-x86_64-${PARAM_VERSION}.run"
url=${PARAM_URL:-https://us.download.nvidia.com/XFree86/Linux-x86_64/${PARAM_VERSION}/${installer}}
folder=$(mktemp -d /var/tmp/phxc-nvidia.XXXXXX)
trap 'rm -rf "${folder}"' EXIT
curl -fsSL --retry 3 -o "${folder}/${installer}" "${url}"
# The kernel module is the host's.
sh "${folder}/${installer}" --silent --no-kernel-module --no-questions --ui=none --tmpdir "${folder}"
test -z "${PARAM_CUDA}" || packages "${PARAM_CUDA}"
