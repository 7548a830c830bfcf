#!/usr/bin/env bash
set -euo pipefail
# The id by which the running release answers; part of the image.
release=${COMMIT_SHA:0:12}
printf '{"release": "%s"}\n' "$release" > taxiway-release.json
printf '%s' "$release" > /workspace/release
# Its packages are those of the image: the same interpreter, libraries and requirements.
docker build --target build --tag environment .
