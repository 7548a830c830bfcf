allowed=()
for migration in $ALLOW; do
  allowed+=(--allow "$migration")
done
@CHOICE@
# A release that does not become healthy is taken back by this command itself, with exit code 5.
taxiway up "$ENVIRONMENT" --yes --format json @PACKAGES@ "${allowed[@]}" > "$RUNNER_TEMP/up.json"
{
  echo "release=$(jq --raw-output .release "$RUNNER_TEMP/up.json")"
  echo "outcome=$(jq --raw-output .outcome "$RUNNER_TEMP/up.json")"
  echo "url=$(jq --raw-output .url "$RUNNER_TEMP/up.json")"
} >> "$GITHUB_OUTPUT"
