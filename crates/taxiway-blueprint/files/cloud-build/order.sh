    if [[ "$begun" > "$created" ]]; then
      echo "Build $holder, of a later commit, was here first; nothing was changed." >&2
      exit 1
    fi
