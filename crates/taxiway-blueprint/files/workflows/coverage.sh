# Fails below the project's own `fail_under`.
{
  echo "### Coverage"
  echo
  coverage report | sed 's/^/    /'
} >> "$GITHUB_STEP_SUMMARY"
