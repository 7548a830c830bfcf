# What was verified before is rolled out as it is; what is built here is kept for those who deploy it next.
packages=(--keep-packages "$RUNNER_TEMP/packages")
if [[ -n "$PACKAGE" ]]; then
  packages=(--packages "$RUNNER_TEMP/verified/packages")
fi
