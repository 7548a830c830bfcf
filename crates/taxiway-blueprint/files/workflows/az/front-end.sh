# What was built is part of the release, whether Git ignores it or not; what it was built with is not.
cd "./$FOLDER"
built=$RUNNER_TEMP/built.txt
left=()
for folder in node_modules .cache .parcel-cache .angular .turbo .pnpm-store; do
  left+=(":(exclude,glob)**/$folder/**")
done
git -c core.quotePath=false ls-files --others -- . "${left[@]}" > "$built"
git -c core.quotePath=false diff --relative --name-only --diff-filter=d -- . >> "$built"
if [[ -s "$built" ]]; then
  zip --quiet "$package" -@ < "$built"
fi
git -c core.quotePath=false ls-files --deleted -- . > "$built"
if [[ -s "$built" ]]; then
  zip --quiet --delete "$package" -@ < "$built"
fi
