title="Drift: $ENVIRONMENT is not as the repository says"
well=''
if grep --quiet '^No changes\.$' "$RUNNER_TEMP/what-if.md"; then
  well='It is again.'
fi
{
  cat "$RUNNER_TEMP/what-if.md"
  echo
  echo "Either somebody changed it by hand, or the newest commit is not deployed yet."
  echo "@BACK@ brings back what the repository says."
} > "$RUNNER_TEMP/issue.md"
