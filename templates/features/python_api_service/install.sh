#!/bin/sh
need_debian
# shellcheck disable=SC2086 # names of packages hold no blanks
packages python3 python3-pip python3-venv ${PARAM_PACKAGES}
