#!/bin/bash
# cludi compare: the table, its files, what is refused before the first run, going on, runs that fail or collapse.
. "$(dirname "$0")/lib.sh"
. "$HERE/study.sh"
groups rows.npy 60
group_labels classes.npy 60
REF=(--backend ref --precision f32)

# The table. k-means finds the three groups with every seed.
run compare rows.npy -k 3 -o res --methods kmeans,cludi --labels classes.npy --seeds 2 "${SIZES[@]}" "${REF[@]}"
expect_code "table: exit code" 0
mask_table out >masked
sed -n 1,2p masked >top
expect_text "table: k-means" top "method  NMI           ACC           ARI           time    memory
kmeans  100.0 +- 0.0  100.0 +- 0.0  100.0 +- 0.0  TIME MEMORY
"
sed -n 3p masked | grep -qE '^cludi   [0-9.]+ \+- [0-9.]+ +[0-9.]+ \+- [0-9.]+ +-?[0-9.]+ \+- [0-9.]+ +TIME MEMORY$' &&
    ok "table: cludi" || fail "table: cludi" "$(cat out)"
[ "$(wc -l <out)" -eq 3 ] && ok "table: lines" || fail "table: lines" "$(cat out)"
grep -qE '^cludi: 1/4 method=kmeans,seed=0: NMI 100.0, ACC 100.0, ARI 100.0; [0-9.]+ s, [0-9.]+ MB; 0:[0-9]{2} left$' err &&
    ok "progress: the first run" || fail "progress: the first run" "$(cat err)"
grep -qE '^cludi: 4/4 method=cludi,seed=1: NMI [0-9.]+, ACC [0-9.]+, ARI -?[0-9.]+; [0-9.]+ s, [0-9.]+ MB$' err &&
    ok "progress: the last run" || fail "progress: the last run" "$(cat err)"
tail -n 3 err | sed -E 's/with [0-9]+ threads?/with T threads/' >explained
expect_text "explanations" explained 'cludi: Scores are in percent, against "classes.npy"; mean +- standard deviation over the seeds.
cludi: Time is that of fit and predict, with T threads and 1 run at once; memory is the largest peak.
cludi: Results written to "res/compare.json", .csv and .svg.
'
expect_words "picture" res/compare.svg "<svg" NMI ACC ARI kmeans
expect_consistent "files" res compare
head -n 1 res/compare.csv >header
expect_text "CSV: header" header "method,seed,status,nmi,acc,ari,ami,silhouette,stability,confidence,clusters_in_use,largest_share,steps,seconds,fit_seconds,processor_seconds,peak_bytes
"
sed -n 2p res/compare.csv | grep -qE '^kmeans,0,done,1,1,1,1,0\.[0-9]+,1,[01][.0-9]*,3,0\.3333+,[0-9]+,' && ok "CSV: k-means" ||
    fail "CSV: k-means" "$(cat res/compare.csv)"
expect_missing "no model is kept" "res/runs/method=cludi,seed=0.safetensors"
run eval classes.npy "res/runs/method=kmeans,seed=1.labels.npy"
expect_words "labels of a run" out "NMI             100.0 %"

# The labels are those of fit and predict with that seed, written by hand; the number of threads changes nothing.
for method in kmeans cludi; do
    run fit rows.npy -k 3 -o model --method $method --seed 1 "${SIZES[@]}" "${REF[@]}" --threads 1 --quiet
    run predict model rows.npy -o labels.npy --backend ref --precision f32 --quiet
    expect_same "labels of fit and predict: $method" "res/runs/method=$method,seed=1.labels.npy" labels.npy
done

# Again: nothing is run, and everything is as it was, to the byte.
cp -r res before
run compare rows.npy -k 3 -o res --methods kmeans,cludi --labels classes.npy --seeds 2 "${SIZES[@]}" "${REF[@]}"
expect_code "again: exit code" 0
head -n 1 err >first
expect_text "again: sentence" first 'cludi: 4 of 4 runs were done before, in "res".'$'\n'
diff -r res before >difference && ok "again: the same files" || fail "again: the same files" "$(cat difference)"

# Without classes, with more seeds, fewer methods, as JSON: the runs that are there are used.
run compare rows.npy -k 3 -o res --methods kmeans --seeds 3 "${SIZES[@]}" "${REF[@]}" --json
expect_code "no classes: exit code" 0
expect_words "no classes: what was found" err '2 of 3 runs were done before'
expect_words "no classes: JSON" out '"labels": null' '"nmi": {"mean": null' '"stability": {"mean": 1.0'
run compare rows.npy -k 3 -o res --methods kmeans --seeds 3 "${SIZES[@]}" "${REF[@]}" --quiet
expect_text "no classes: quiet" err "cludi: Warning: the method kmeans does not use --steps, --batch-size, --views, --teacher-steps, --draws, \
--embedding-dim and --hidden-dim; --method cludi does."$'\n'
mask_table out | sed -E 's/0\.[0-9]{3} /S     /g; s/[01]\.[0-9]{3} \+- 0.000/1.000 +- 0.000/g' >masked
expect_words "no classes: heading" out "method  silhouette      stability  confidence      time"
grep -qE '^kmeans  0\.[0-9]{3} \+- 0\.000  1\.000      [01]\.[0-9]{3} \+- 0\.000' out && ok "no classes: k-means" ||
    fail "no classes: k-means" "$(cat out)"

# Other classes: the scores are computed again, nothing is run again.
labels other.npy $(for ((i = 0; i < 60; i++)); do echo $((i % 2)); done)
run compare rows.npy -k 3 -o res --methods kmeans --labels other.npy --seeds 2 "${SIZES[@]}" "${REF[@]}" --quiet
expect_code "other classes: exit code" 0
grep -qE '^kmeans  0\.0 \+- 0\.0' out && ok "other classes: scores" || fail "other classes: scores" "$(cat out)"

# Other rows, parameters or K in the same folder are refused.
rm -rf before
cp -r res/runs before
groups others.npy 61
ALL=(--methods kmeans --seeds 2 --quiet)
expect_refused "other rows" 'method=kmeans,seed=0.json" is from a run with other rows' 'Give another folder' -- \
    compare others.npy -k 3 -o res "${ALL[@]}" "${SIZES[@]}" "${REF[@]}"
expect_refused "other parameters" "is from a run with other options: --clusters=3 --seed=0 --backend=ref" "--steps=12 " "--steps=13 " -- \
    compare rows.npy -k 3 -o res "${ALL[@]}" "${SIZES[@]}" "${REF[@]}" --steps 13
expect_refused "another K" "--clusters=3 " "--clusters=4 " -- compare rows.npy -k 4 -o res "${ALL[@]}" "${SIZES[@]}" "${REF[@]}"
diff -r res/runs before >difference && ok "refused: nothing changed" || fail "refused: nothing changed" "$(cat difference)"
run compare rows.npy -k 3 -o res "${ALL[@]}" "${SIZES[@]}" "${REF[@]}" --steps 0012 --threads 1 --jobs 2
expect_code "the same parameters, written otherwise" 0
echo broken >"res/runs/method=kmeans,seed=0.json"
run compare rows.npy -k 3 -o res --methods kmeans --seeds 2 "${SIZES[@]}" "${REF[@]}"
expect_words "a file that is no record: run again" err '1 of 2 runs were done before'

# A warning names what no method of the runs uses.
run compare rows.npy -k 3 -o unused --methods kmeans,tsp --seeds 1 --quiet --steps 5 --lr 0.1 --views 2
expect_text "unused parameters" err "cludi: Warning: the methods of these runs do not use --views and --lr; --method cludi does."$'\n'

# Models.
run compare rows.npy -k 3 -o kept --methods kmeans --seeds 1 --quiet
run compare rows.npy -k 3 -o kept --methods kmeans --seeds 1 --quiet --keep-models
run predict "kept/runs/method=kmeans,seed=0.safetensors" rows.npy -o kept.npy --quiet
expect_code "--keep-models" 0
expect_same "--keep-models: the run's labels" kept.npy "kept/runs/method=kmeans,seed=0.labels.npy"
run compare rows.npy -k 3 -o kept --methods kmeans --seeds 1
mask_table out >masked
expect_text "one seed: no spread, no stability" masked "method  silhouette  confidence  time    memory
kmeans  0.934       1.000       TIME MEMORY
"

# Names that look like options, and with blanks.
mkdir 'a b'
cp rows.npy 'a b/-rows.npy'
cp classes.npy 'a b/-y.npy'
(cd 'a b' && "$CLUDI" compare -k 3 -o '-out put' --methods kmeans --seeds 1 --labels ./-y.npy --quiet -- -rows.npy >../out 2>../err)
code=$?
expect_code "strange names: exit code" 0
grep -q '^kmeans  100.0  100.0  100.0' out && ok "strange names: table" || fail "strange names: table" "$(cat out err)"
[ -e 'a b/-out put/compare.svg' ] && ok "strange names: files" || fail "strange names: files" "$(find .)"

# A column of names, and the classes of the same file.
{
    echo name,a,b,c,class
    for ((i = 0; i < 30; i++)); do
        row=($((i % 5)) $((i % 7)) $((i % 3)))
        row[i % 3]=100
        echo "item$i,${row[0]},${row[1]},${row[2]},kind$((i % 3))"
    done
} >items.csv
cut -d , -f 1-4 items.csv >features.csv
run compare features.csv -k 3 -o table --id-column name --labels items.csv:class --methods kmeans --seeds 1 --quiet
expect_code "CSV input: exit code" 0
grep -q '^kmeans  100.0  100.0  100.0' out && ok "CSV input: table" || fail "CSV input: table" "$(cat out err)"

# All methods of the table.
run compare rows.npy -k 3 -o all --seeds 1 "${SIZES[@]}" --json --quiet
methods=$("$CLUDI" fit --help | grep -oE -- '--method [a-z|-]+' | cut -d ' ' -f 2 | tr '|' ' ')
for method in $methods; do
    expect_words "all methods: $method" out "\"parameters\": {\"method\": \"$method\"}"
done

# What is wrong is said before the first run.
labels few.npy 1 2
expect_refused "no data" missing.npy -- compare missing.npy -k 3 -o no --quiet
expect_refused "more clusters than rows" 'K is 61, but "rows.npy" has only 60 rows' -- compare rows.npy -k 61 -o no --quiet
expect_refused "other labels" '"few.npy" has 2 labels, but "rows.npy" has 60 rows.' -- compare rows.npy -k 3 -o no --labels few.npy --quiet
expect_missing "no folder was made" no
cp rows.npy taken
expect_refused "a file for a folder" 'Cannot make the folder "taken": Not a directory' -- compare rows.npy -k 3 -o taken --quiet
expect_refused "a folder in nothing" 'Cannot make the folder "x/y"' -- compare rows.npy -k 3 -o x/y --quiet
try="Try 'cludi compare --help'."
expect_usage "no K" compare rows.npy -o o -- "compare needs the number of clusters: -k K. $try"
expect_usage "no folder" compare rows.npy -k 3 -- "compare needs a folder for the results: -o DIR. $try"
expect_usage "--method" compare rows.npy -k 3 -o o --method kmeans -- \
    "method varies over the runs, so --method cannot be given as well as --methods. $try"
expect_usage "a method twice" compare rows.npy -k 3 -o o --methods kmeans,kmeans -- "method has the value kmeans twice. $try"
expect_usage "no seeds" compare rows.npy -k 3 -o o --seeds 0 -- "--seeds is '0'; it must be a whole number from 1 to 10000. $try"
expect_usage "seeds past the end" compare rows.npy -k 3 -o o --seed 18446744073709551615 --seeds 2 -- \
    "--seed and --seeds lead past the largest seed. $try"
expect_usage "too many runs" compare rows.npy -k 3 -o o --methods cludi,kmeans --seeds 9999 -- "That would be more than 10000 runs. $try"
run compare rows.npy -k 3 -o o --methods means
expect_code "an unknown method: exit code" 2
expect_words "an unknown method: sentence" err 'method is "means"; it must be one of cludi, kmeans' "$try"
cp rows.npy res/compare.csv
expect_usage "a result would overwrite the data" compare res/compare.csv -k 3 -o res -- \
    "The output \"res/compare.csv\" would overwrite \"res/compare.csv\"; give it another name. $try"

# A run that fails: the others go on, exit 1.
mkdir -p failing/runs/method=kmeans,seed=1.labels.npy
run compare rows.npy -k 3 -o failing --methods kmeans --seeds 3 --labels classes.npy
expect_code "a run that fails: exit code" 1
grep -qE '^kmeans  100.0 \+- 0.0  100.0 \+- 0.0  100.0 \+- 0.0  .* MB  1 failed of 3$' out && ok "a run that fails: table" ||
    fail "a run that fails: table" "$(cat out)"
expect_words "a run that fails: sentence" err '2/3 method=kmeans,seed=1: failed: Cannot write "failing/runs/method=kmeans,seed=1.labels.npy"'
expect_words "a run that fails: JSON" failing/compare.json '"status": "failed"' '"error": "Cannot write'
expect_consistent "a run that fails: files" failing compare
rmdir failing/runs/method=kmeans,seed=1.labels.npy
run compare rows.npy -k 3 -o failing --methods kmeans --seeds 3 --labels classes.npy
expect_code "what failed is run again: exit code" 0
expect_words "what failed is run again" err '2 of 3 runs were done before'

# Collapse: exit 4, and the labels count.
for ((i = 0; i < 40; i++)); do bytes 3 1 4 1; done | npy same.npy '|i1' '(40, 4)'
run compare same.npy -k 8 -o collapsed --methods cludi --seeds 2 "${SIZES[@]}" --class-weight 0 --steps 60
expect_code "collapse: exit code" 4
grep -qE '^cludi .* 2 collapsed of 2$' out && ok "collapse: table" || fail "collapse: table" "$(cat out)"
grep -qE '1/2 method=cludi,seed=0: collapsed to [123] of 8 clusters; ' err && ok "collapse: sentence" || fail "collapse: sentence" "$(cat err)"
expect_consistent "collapse: files" collapsed compare
run compare same.npy -k 8 -o collapsed --methods cludi --seeds 2 "${SIZES[@]}" --class-weight 0 --steps 60 --quiet
expect_code "collapse that was found: exit code" 4
finish
