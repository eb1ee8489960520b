#!/bin/bash
# The official one writes the configuration too, so that a root file system that can't be written to stops both.
set -eu
: "${BIND_ON_IP:=$(getent hosts "$(hostname)" | cut -d' ' -f1)}"
export BIND_ON_IP
cp config/template.yaml config/docker.yaml
services=()
for service in ${SERVICES:+${SERVICES//[:,]/ }}; do services+=("--service=$service"); done
exec temporal-server --env docker start "${services[@]}"
