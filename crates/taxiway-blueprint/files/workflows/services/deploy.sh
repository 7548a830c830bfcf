allowed=()
for migration in $ALLOW; do
  allowed+=(--allow "$migration")
done
@CHOICE@
# A release that does not become healthy is taken back by this command itself. Services before it serve what is new then, and
# the output says which.
taxiway up "$ENVIRONMENT" --yes --format json @PACKAGES@ "${allowed[@]}" > "$RUNNER_TEMP/served.json"
# The releases of all services in one word each: what one environment verified, the next one expects.
jq '. + {release: ([.services[] | "\(.service)=\(.release)"] | join(" "))}' "$RUNNER_TEMP/served.json" > "$RUNNER_TEMP/up.json"
{
  echo "release=$(jq --raw-output .release "$RUNNER_TEMP/up.json")"
  echo "outcome=$(jq --raw-output .outcome "$RUNNER_TEMP/up.json")"
  echo "url=$(jq --raw-output .url "$RUNNER_TEMP/up.json")"
} >> "$GITHUB_OUTPUT"
