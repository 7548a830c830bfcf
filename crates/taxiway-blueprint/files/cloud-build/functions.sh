#!/usr/bin/env bash
set -euo pipefail

run() { gcloud run services "$@" --region "$REGION" --quiet; }

# The revision, or the address, of a tag of the service.
of_tag() {
  run describe "$SERVICE" --flatten 'status.traffic[]' \
    --format "csv[no-heading](status.traffic.tag,status.traffic.$2)" | awk -F, -v tag="$1" '$1 == tag { print $2 }'
}

main_url() { run describe "$SERVICE" --format 'value(status.url)'; }

# Whether every one of many answers is in good health, and from release $2.
is_served() {
  local url=$1 release=$2 token report left=300
  # A private service asks who comes. Its front end takes this header away.
  token=$(gcloud auth print-identity-token --audiences "$(main_url)")
  ask() { curl --silent --fail --max-time 10 --header "X-Serverless-Authorization: Bearer $token" "$url/healthz/ready"; }
  until ask > /dev/null; do
    if ((left-- == 0)); then
      echo "$url does not become ready." >&2
      return 1
    fi
    sleep 1
  done
  for _ in {1..30}; do
    report=$(ask) || report='no answer'
    if [[ "$report" != *'"status": "ok"'* || "$report" != *"\"release\": \"$release\""* ]]; then
      echo "$url answers $report instead of release $release in good health." >&2
      return 1
    fi
    sleep 1
  done
}
