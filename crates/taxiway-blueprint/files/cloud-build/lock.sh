#!/usr/bin/env bash
set -euo pipefail
# One build after the other changes the service. The lock is an object that names the build which holds it, and is free once that
# build has ended, however it did. Nobody else can have taken it in between: it is written only over what was read.
lock=gs://$PROJECT_ID-@WORKLOAD@-locks/$SERVICE
state() { gcloud builds describe "$1" --region "$LOCATION" --format "value($2)"; }
created=$(state "$BUILD_ID" createTime)
for _ in {1..150}; do
  generation=$(gcloud storage objects describe "$lock" --format 'value(generation)' 2> /dev/null) || generation=0
  if [[ "$generation" != 0 ]]; then
    read -r holder begun <<< "$(gcloud storage cat "$lock#$generation")"
    # What cannot be seen counts as going on.
    status=$(state "$holder" status) || status=UNKNOWN
    case "$status" in
      SUCCESS | FAILURE | INTERNAL_ERROR | TIMEOUT | CANCELLED | EXPIRED) ;;
      *)
        echo "Build $holder is at work on $SERVICE ($status)."
        sleep 10
        continue
        ;;
    esac
@ORDER@
  fi
  if printf '%s %s\n' "$BUILD_ID" "$created" | gcloud storage cp - "$lock" --if-generation-match="$generation"; then
    exit 0
  fi
done
echo "Build ${holder:-nobody} still holds $lock; nothing was changed. If there is no such build: gcloud storage rm $lock" >&2
exit 1
