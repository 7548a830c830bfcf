#!/usr/bin/env bash
set -euo pipefail
docker build --tag "$IMAGE:$COMMIT_SHA" .
docker push --quiet "$IMAGE:$COMMIT_SHA"
# From here on by its digest: a tag can be moved.
docker inspect --format '{{index .RepoDigests 0}}' "$IMAGE:$COMMIT_SHA" > /workspace/image
cat /workspace/image
