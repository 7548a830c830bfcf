# The id by which the running release answers.
release=$(git rev-parse --short=12 HEAD)
if [[ -n "$EXPECTED" && "$release" != "$EXPECTED" ]]; then
  echo "::error::Release $release is not $EXPECTED, which was verified before."
  exit 1
fi
echo "release=$release" >> "$GITHUB_OUTPUT"
mkdir -p "$RUNNER_TEMP/packages"
package=$RUNNER_TEMP/packages/app.zip
@TAKEN@
# The commit's own files.
git archive --format=zip --output "$package" \
  --add-virtual-file="taxiway-release.json:{\"release\": \"$release\"}" "HEAD:$FOLDER"
