{
  echo "release=$(jq --raw-output .release "$RUNNER_TEMP/verified/up.json")"
  echo "package=$PACKAGE"
  echo "package-digest=$DIGEST"
} >> "$GITHUB_OUTPUT"
