#!/bin/bash
# cludi sweep: the table of every combination, going on after kill -9, Ctrl-C and SIGTERM, several processes at once.
. "$(dirname "$0")/lib.sh"
. "$HERE/study.sh"
set -m # without it bash starts background jobs with SIGINT ignored
groups rows.npy 60
group_labels classes.npy 60
REF=(--backend ref --precision f32)

# With k-means the table is the same whatever the parameters of cludi are.
run sweep rows.npy -k 3 -o res --param noise_scale=4,2 --param embedding_dim=8,16 --method kmeans --labels classes.npy --seeds 2
expect_code "table: exit code" 0
mask_table out >masked
perfect="100.0 +- 0.0  100.0 +- 0.0  100.0 +- 0.0  TIME MEMORY"
expect_text "table" masked "noise_scale  embedding_dim  NMI           ACC           ARI           time    memory
4            8              $perfect
4            16             $perfect
2            8              $perfect
2            16             $perfect
"
tail -n 3 err | grep -qE 'with [0-9]+ threads? and [0-9]+ runs? at once' && ok "explanations" || fail "explanations" "$(cat err)"
expect_consistent "files" res sweep
expect_words "picture" res/sweep.svg "embedding_dim=8" "embedding_dim=16" "noise_scale: noise scale" "NMI (%)"
cut -d , -f 1-4 res/sweep.csv >first_columns
expect_text "CSV: order" first_columns "noise_scale,embedding_dim,seed,status
4,8,0,done
4,8,1,done
4,16,0,done
4,16,1,done
2,8,0,done
2,8,1,done
2,16,0,done
2,16,1,done
"
head -n 1 err >line
expect_text "parameters that k-means does not use" line "cludi: Warning: the method kmeans does not use --embedding-dim and --noise-scale; --method cludi does."$'\n'
sed -n 2p err >line
expect_words "order of the runs: the first seed of all comes first" line "1/8 noise_scale=4,embedding_dim="
sed -n '2,5s/.*seed=\([0-9]*\):.*/\1/p' err | sort -u >seeds
expect_text "the first four runs have the first seed" seeds "0"$'\n'

# More values: only they are run. Choices become names on x, parameters of prediction and methods are parameters too.
run sweep rows.npy -k 3 -o res --param noise_scale=4,2,3 --param embedding_dim=8,16 --method kmeans --labels classes.npy --seeds 2
expect_code "more values: exit code" 0
expect_words "more values: what was found" err "8 of 12 runs were done before"
run sweep rows.npy -k 3 -o choices --param snr-weight=max,none --param draws=1,2 --seeds 1 --seed 7 "${SMALL[@]:0:12}" --steps 12 "${REF[@]}" --jobs 2
expect_code "choices: exit code" 0
sed -n 's/^\(snr_weight  draws\|max[^0-9]*[12]\|none[^0-9]*[12]\) .*/\1/p' out >names
expect_text "choices: table" names "snr_weight  draws
max         1
max         2
none        1
none        2
"
expect_words "choices: JSON" choices/sweep.json '"snr_weight": "none"' '"draws": 2' '"seed": 7'
expect_words "choices: picture" choices/sweep.svg none "draws=2"
# What a model's file may not decide by itself is asked of predict as it was of fit.
run sweep rows.npy -k 3 -o many --param draws=2,500 --denoise-steps 3 --seeds 1 "${SMALL[@]:0:10}" --steps 12 "${REF[@]}" --quiet
expect_code "many samples" 0
run sweep rows.npy -k 3 -o methods --param method=kmeans,cludi --seeds 1 "${SIZES[@]}" "${REF[@]}" --jobs 1 --quiet
expect_code "methods: exit code" 0
run compare rows.npy -k 3 -o methods --methods kmeans,cludi --seeds 1 "${SIZES[@]}" "${REF[@]}"
expect_words "a comparison takes runs of a sweep" err "2 of 2 runs were done before"

run sweep rows.npy -k 3 -o numbers --param class_weight=1e-1,50,0.30000000000000004 --method kmeans --seeds 1 --temperature 0.10
cut -d ' ' -f 1 out >column
expect_text "numbers as people write them" column "class_weight"$'\n'"0.1"$'\n'"50"$'\n'"0.30000000000000004"$'\n'
expect_words "numbers of all runs too" "numbers/runs/class_weight=50,seed=0.json" "--temperature=0.1 "

# As many at once as there are jobs, and the same numbers with one.
MANY=(sweep rows.npy -k 3 --param noise_scale=2,3,4 --param temperature=0.1,0.2 --labels classes.npy --seeds 2 "${SMALL[@]}" "${REF[@]}")
run "${MANY[@]}" -o one --jobs 1
expect_code "one job: exit code" 0
run "${MANY[@]}" -o four --jobs 4
expect_code "four jobs: exit code" 0
mask_csv one/sweep.csv >one.csv
mask_csv four/sweep.csv >four.csv
expect_same "four jobs: the same numbers" four.csv one.csv
for file in one/runs/*.npy; do
    cmp -s "$file" "four/runs/${file##*/}" || fail "four jobs: the same labels" "$file"
done

# kill -9 in the middle: its processes end too, what is done stays, and the same command goes on to the same numbers.
LONG=(sweep rows.npy -k 3 --param noise_scale=2,3,4 --labels classes.npy --seeds 2 "${SMALL[@]}" --steps 300 "${REF[@]}" --jobs 2)
run "${LONG[@]}" -o whole
expect_code "whole: exit code" 0
for ((try = 0; try < 20; try++)); do # on a busy machine all runs may be done before it is seen that two are
    rm -rf killed
    "$CLUDI" "${LONG[@]}" -o killed >/dev/null 2>err &
    program=$!
    wait_for_runs killed 2
    children=$(pgrep -P $program)
    kill -9 $program 2>/dev/null
    wait $program 2>/dev/null
    [ -n "$children" ] && [ ! -e killed/sweep.json ] && break
done
# shellcheck disable=SC2086
[ -n "$children" ] && wait_until $$ have_ended $children && ok "kill -9: the children end" || fail "kill -9: the children end" "'$children'"
expect_missing "kill -9: no results yet" killed/sweep.json
run "${LONG[@]}" -o killed
expect_code "after kill -9: exit code" 0
grep -qE '^cludi: [2-5] of 6 runs were done before, in "killed".$' err && ok "after kill -9: what was found" || fail "after kill -9" "$(cat err)"
mask_csv whole/sweep.csv >whole.csv
mask_csv killed/sweep.csv >killed.csv
expect_same "after kill -9: the same CSV" killed.csv whole.csv
mask whole/sweep.json | grep -vE 'TIME|(mean|sd)": X' >whole.json
mask killed/sweep.json | grep -vE 'TIME|(mean|sd)": X' >killed.json
expect_same "after kill -9: the same JSON" killed.json whole.json
left=$(find killed/runs -name '*.safetensors*' -o -name '.*.npy*' -o -name '.*.json*')
expect_text "after kill -9: nothing is left" <(echo "$left") $'\n'

# A child that is killed, as by a machine without memory: that run failed, and the others go on.
has_child() { child=$(pgrep -P $program); }
for ((try = 0; try < 20; try++)); do # on a busy machine that run may be done before it is seen
    rm -rf shot
    "$CLUDI" sweep rows.npy -k 3 --param noise_scale=2,3 --seeds 1 "${SMALL[@]}" --steps 300 "${REF[@]}" --jobs 1 -o shot >out 2>err &
    program=$!
    wait_until $program has_child
    kill -9 $child 2>/dev/null
    code=0
    wait $program || code=$?
    [ $code -eq 0 ] || break
done
expect_code "a killed child: exit code" 1
expect_words "a killed child: sentence" err "1/2 noise_scale=2,seed=0: failed: It was killed (signal 9), perhaps because memory ran out." "2/2 noise_scale=3,seed=0: silhouette"
grep -qE '^2 +- +- +- +- +1 failed of 1$' out && ok "a killed child: table" || fail "a killed child: table" "$(cat out)"

# Another process in the same folder is refused.
"$CLUDI" "${LONG[@]}" -o busy --quiet >/dev/null 2>&1 &
program=$!
wait_for_runs busy 1 && hold_still $program || fail "a folder at work" "it ended too early"
expect_refused "a folder at work" 'Another cludi is at work in "busy/runs".' -- "${LONG[@]}" -o busy --quiet
for name in busy/sweep.json busy/sweep.csv busy/sweep.svg; do
    ln -sf $name to_it
    expect_refused "a result at work, $name" 'Another cludi is writing to "to_it".' -- fit rows.npy -k 3 --method kmeans -o to_it --quiet
done
kill -9 $program
wait $program 2>/dev/null

# Ctrl-C (to every process of the group, as a terminal does) and SIGTERM (to the program alone).
for triple in "INT 130 -" "TERM 143 "; do
    read -r signal wanted group <<<"$triple"
    "$CLUDI" "${LONG[@]}" --steps 100000000 -o "stopped$signal" >out 2>err &
    program=$!
    wait_until $program has_child
    sleep 0.3 # into the run; before it the end is the same
    children=$(pgrep -P $program)
    code=0
    kill -s "$signal" -- "$group$program"
    wait $program || code=$?
    expect_code "$signal: exit code" "$wanted"
    expect_text "$signal: stdout" out ""
    expect_text "$signal: sentence" err "cludi: Stopped with 0 of 6 runs done; run the same command again to continue."$'\n'
    expect_text "$signal: nothing is left" <(find "stopped$signal" -type f) ""
    [ -n "$children" ] && ! kill -0 $children 2>/dev/null && ok "$signal: the children ended" || fail "$signal: the children ended" "$children"
done

# A combination that cannot be is refused before the first run; so is a wrong value, by name.
try="Try 'cludi sweep --help'."
expect_usage "no parameter" sweep rows.npy -k 3 -o o -- "sweep needs a parameter and its values: --param noise_scale=2,3,4. $try"
for text in F F= =2; do
    expect_usage "--param $text" sweep rows.npy -k 3 -o o --param "$text" -- \
        "--param is '$text'; it must be a parameter and its values, such as noise_scale=2,3,4. $try"
done
expect_usage "twice in a list" sweep rows.npy -k 3 -o o --param noise_scale=2,3,2.0 -- "noise_scale has the value 2 twice. $try"
expect_usage "twice named" sweep rows.npy -k 3 -o o --param noise_scale=2 --param noise_scale=3 -- \
    "--param names noise_scale twice; give all its values at once. $try"
expect_usage "also as an option" sweep rows.npy -k 3 -o o --param noise_scale=2 --noise-scale 3 -- \
    "noise_scale varies over the runs, so --noise_scale cannot be given as well as --param. $try"
expect_usage "steps and epochs" sweep rows.npy -k 3 -o o --param steps=2,3 --epochs 1 -- \
    "steps and epochs cannot be given together. $try"
for pair in "noise_scale=2,x noise_scale x" "noise_scale=2,,3 noise_scale ''" "steps=1.5 steps 1.5" "temperature=0.1,-1 temperature -1" "snr-weight=max,most snr_weight most" \
    "epoch=1 epoch epochs" "teacher_steps=5,2000 teacher_steps diffusion_steps"; do
    read -r text word second <<<"$pair"
    run sweep rows.npy -k 3 -o o --param "$text"
    expect_code "--param $text: exit code" 2
    expect_words "--param $text: sentence" err "$word" "${second//\'/}" "$try"
done
expect_missing "no folder was made" o
finish
