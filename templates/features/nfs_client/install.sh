#!/bin/sh
need_debian
packages nfs-common
