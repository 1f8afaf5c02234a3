#!/bin/bash
# --help and --version: exact text on stdout, nothing on stderr, exit 0.
. "$(dirname "$0")/lib.sh"

run --version
expect_code "version: exit code" 0
grep -qxE 'cludi [0-9]+\.[0-9]+\.[0-9]+' out && [ "$(wc -l <out)" -eq 1 ] && ok "version: stdout" ||
    fail "version: stdout" "$(cat out)"
expect_text "version: stderr" err ""

for option in --help -h; do
    run $option
    expect_code "$option: exit code" 0
    expect_same "$option: stdout" out "$HERE/expected/help.txt"
    expect_text "$option: stderr" err ""
done

for command in embed predict eval verify info; do
    run $command --help
    expect_code "$command --help: exit code" 0
    expect_same "$command --help: stdout" out "$HERE/expected/help_$command.txt"
    expect_text "$command --help: stderr" err ""
done

# Of these the text up to the parameters, which the library lists.
for command in plan compare sweep fit; do
    run $command data.npy --help
    expect_code "$command --help: exit code" 0
    sed '/--preset/q' out >head.txt
    expect_same "$command --help: up to the parameters" head.txt "$HERE/expected/help_$command.txt"
    expect_text "$command --help: stderr" err ""
done
titles=$(grep -E '^[A-Z][a-z]*:$' out | tr -d '\n')
[ "$titles" = "Examples:Options:Data:Compute:Output:Training:Network:Loss:Optimizer:Prediction:Help:Methods:" ] && ok "fit --help: groups" ||
    fail "fit --help: groups" "$titles"
expect_words "fit --help: whole number" out "--steps N" "[0, from 0 to "
expect_words "fit --help: real number" out "--temperature X" "[0.1, from "
expect_words "fit --help: choice" out "--snr-weight max|min|none" "[max,"
expect_words "fit --help: dashes for underscores" out "--denoise-steps N"

# -h: the options people use, on one screen.
for command in embed fit plan predict compare sweep; do
    "$CLUDI" $command --help >all
    run $command -h
    expect_code "$command -h: exit code" 0
    expect_text "$command -h: stderr" err ""
    lines=$(wc -l <out)
    [ "$lines" -le 30 ] && [ "$lines" -lt "$(wc -l <all)" ] && ok "$command -h: one screen" || fail "$command -h: one screen" "$lines lines"
    unknown=$(grep -oE '^  (-[a-z], )?--[A-Za-z-]+' out | grep -vxFf <(grep -oE '^  (-[a-z], )?--[A-Za-z-]+' all) || true)
    expect_text "$command -h: options of --help" <(printf %s "$unknown") ""
done
run fit -h
expect_words "fit -h: what is needed" out "--clusters K" "--output MODEL" "--epochs" "-h, --help"
run fit --help
awk 'length > 100 { bad = 1 } END { exit bad }' out && ok "fit --help: width" || fail "fit --help: width" "a line is too long"
finish
