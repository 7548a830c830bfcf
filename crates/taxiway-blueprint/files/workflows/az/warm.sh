# Every worker of every instance has to answer with this release, in good health. Many ask at once: one worker alone would
# take all of a few.
instances=$(jq --raw-output '.parameters.instances.value // 1' "$RUNNER_TEMP/parameters.json")
: > "$RUNNER_TEMP/seen"
while ((SECONDS < 600)); do
  seq 32 | xargs -P 32 -I_ curl --fail --silent --max-time 10 --write-out '\n' "$SLOT_URL/healthz/ready" > "$RUNNER_TEMP/answers" || true
  jq --raw-output --arg release "$RELEASE" \
    'select(.status == "ok" and .release == $release) | "\(.instance) \(.worker)"' "$RUNNER_TEMP/answers" >> "$RUNNER_TEMP/seen" || true
  workers=$(jq --raw-output .workers "$RUNNER_TEMP/answers" | tail -1) || true
  if [[ -n "$workers" && "$(sort --unique "$RUNNER_TEMP/seen" | wc --lines)" -ge $((workers * instances)) ]]; then
    exit 0
  fi
  sleep 2
done
echo "::error::Not every worker of release $RELEASE became ready; the release before still serves."
exit 1
