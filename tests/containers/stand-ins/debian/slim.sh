#!/bin/sh
# Debian without what debian:*-slim leaves out too. $1: the file for the archive; $2: the certificates that are trusted in it.
set -eu
mmdebstrap --variant=minbase --include=ca-certificates \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --dpkgopt='path-exclude=/usr/share/info/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --customize-hook="upload $2 /etc/ssl/certs/ca-certificates.crt" \
  bookworm "$1"
