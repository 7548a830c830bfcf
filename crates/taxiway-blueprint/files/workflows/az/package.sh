# The commit's own files, and the id by which the running release answers.
release=$(git rev-parse --short=12 HEAD)
if [[ -n "$EXPECTED" && "$release" != "$EXPECTED" ]]; then
  echo "::error::Release $release is not $EXPECTED, which was verified before."
  exit 1
fi
git archive --format=zip --output "$RUNNER_TEMP/release.zip" \
  --add-virtual-file="taxiway-release.json:{\"release\": \"$release\"}" "HEAD:$FOLDER"
echo "release=$release" >> "$GITHUB_OUTPUT"
