# For a minute, every answer has to come from this release, in good health.
for _ in {1..12}; do
  curl --silent --show-error --max-time 10 "$URL/healthz/ready" > "$RUNNER_TEMP/ready.json"
  jq --exit-status --arg release "$RELEASE" '.status == "ok" and .release == $release' "$RUNNER_TEMP/ready.json" > /dev/null || {
    echo "::error::$URL answers $(cat "$RUNNER_TEMP/ready.json") instead of release $RELEASE."
    exit 1
  }
  sleep 5
done
jq --null-input --arg release "$RELEASE" --arg url "$URL" '{release: $release, url: $url}' > "$RUNNER_TEMP/up.json"
