#!/bin/sh
# Debian without what debian:*-slim leaves out too. $1: the file for the archive; $2: the certificates that are trusted in it.
set -eu
# mmdebstrap gives the folder of the system to the commands.
# shellcheck disable=SC2016
mmdebstrap --variant=minbase --include=ca-certificates \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --dpkgopt='path-exclude=/usr/share/info/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --customize-hook="upload $2 /etc/ssl/certs/ca-certificates.crt" \
  --customize-hook='rm -f "$1"/var/cache/apt/*.bin' \
  --customize-hook="upload $(dirname "$0")/apt.conf /etc/apt/apt.conf.d/layers" \
  bookworm "$1"
