curl --fail --silent --show-error --location --retry 3 --output "$RUNNER_TEMP/download" "$URL"
echo "$SHA256  $RUNNER_TEMP/download" | sha256sum --check --quiet
# A folder that is on the runner's PATH.
mkdir -p "$HOME/.cargo/bin"
case "$URL" in
  *.tar.gz | *.tgz) tar --extract --gzip --file "$RUNNER_TEMP/download" --directory "$RUNNER_TEMP" ;;
  *.zip) unzip -q "$RUNNER_TEMP/download" -d "$RUNNER_TEMP" ;;
  *) mv "$RUNNER_TEMP/download" "$RUNNER_TEMP/taxiway" ;;
esac
# Archives may hold a folder.
find "$RUNNER_TEMP" -type f -name taxiway -exec install --mode 755 {} "$HOME/.cargo/bin/taxiway" \;
