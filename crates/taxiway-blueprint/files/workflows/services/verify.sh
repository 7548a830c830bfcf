if [[ -n "$EXPECTED" && "$RELEASE" != "$EXPECTED" ]]; then
  echo "::error::Releases $RELEASE are not $EXPECTED, which were verified before."
  exit 1
fi
jq --raw-output '.services[] | "\(.service) \(.release) \(.url)"' "$RUNNER_TEMP/up.json" > "$RUNNER_TEMP/services.txt"
# For a minute, every answer of each service has to come from its release, in good health.
for _ in {1..12}; do
  while read -r service release url; do
    curl --silent --show-error --max-time 10 "$url/healthz/ready" > "$RUNNER_TEMP/ready.json"
    jq --exit-status --arg release "$release" '.status == "ok" and .release == $release' "$RUNNER_TEMP/ready.json" > /dev/null || {
      echo "::error::$service at $url answers $(cat "$RUNNER_TEMP/ready.json") instead of release $release."
      exit 1
    }
  done < "$RUNNER_TEMP/services.txt"
  sleep 5
done
taxiway status "$ENVIRONMENT"
