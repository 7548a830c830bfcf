# Nobody can change an artifact; GitHub noted its digest when it was kept.
gh api "repos/$GITHUB_REPOSITORY/actions/artifacts/$PACKAGE/zip" > "$RUNNER_TEMP/verified.zip"
echo "${DIGEST#sha256:}  $RUNNER_TEMP/verified.zip" | sha256sum --check --quiet
unzip -q "$RUNNER_TEMP/verified.zip" -d "$RUNNER_TEMP/verified"
