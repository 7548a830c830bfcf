#!/usr/bin/env bash
set -euo pipefail
# What staging serves was tested, deployed and verified there; nothing else may go on.
serving=$(gcloud run services describe "$STAGING" --region "$REGION" \
  --flatten 'status.traffic[]' --format 'csv[no-heading](status.traffic.tag,status.traffic.revisionName)' |
  awk -F, '$1 == "serving" { print $2 }')
if [[ -z "$serving" ]]; then
  echo "$STAGING serves no release that was verified." >&2
  exit 1
fi
release=$(gcloud run revisions describe "$serving" --region "$REGION" --format 'value(metadata.labels.release)')
if [[ "$release" != "${COMMIT_SHA:0:12}" ]]; then
  echo "$STAGING serves release $release, and this build is for ${COMMIT_SHA:0:12}: deploy that commit to staging first." >&2
  exit 1
fi
image=$(gcloud run revisions describe "$serving" --region "$REGION" --format 'value(spec.containers[0].image)')
if [[ "$image" != *@sha256:* ]]; then
  echo "$serving runs $image, which is no digest." >&2
  exit 1
fi
printf '%s' "$release" > /workspace/release
printf '%s' "$image" > /workspace/image
echo "Release $release is $image."
