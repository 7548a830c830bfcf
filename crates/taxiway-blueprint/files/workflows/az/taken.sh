if [[ -n "$PACKAGE" ]]; then
  cp "$RUNNER_TEMP/verified/packages/app.zip" "$package"
  exit 0
fi
