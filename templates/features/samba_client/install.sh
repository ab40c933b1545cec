#!/bin/sh
need_debian
packages cifs-utils
