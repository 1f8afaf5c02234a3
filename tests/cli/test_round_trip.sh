#!/bin/bash
# fit, predict, eval and info, one after the other, and their options in any order.
. "$(dirname "$0")/lib.sh"
groups rows.npy 60
group_labels classes.npy 60

run fit rows.npy -k 3 -o model "${SMALL[@]}" --seed 7 --allow-collapse
expect_code "fit: exit code" 0
expect_text "fit: stdout" out ""
grep -qE '^fit: 12/12, loss [0-9.]+, [1-3] of 3 clusters, largest [0-9.]+ %, confidence [01]\.[0-9]{2}, [0-9.]+ steps/s, 0:00 left$' err &&
    ok "fit: progress" || fail "fit: progress" "$(cat err)"
grep -qE '^cludi: 45 neighbors of each of 60 rows found in ' err && ok "fit: neighbors" || fail "fit: neighbors" "$(cat err)"
grep -qE '^cludi: 12 steps in 0:[0-9]{2}; [1-3] of 3 clusters in use, the largest with [0-9.]+ % of the rows, confidence [01]\.[0-9]{2}; rows: coordinates, put on a sphere; model written to "model"$' err &&
    ok "fit: summary" || fail "fit: summary" "$(cat err)"
cp model first

run fit --quiet --seed=7 "${SMALL[@]}" -omodel2 rows.npy --allow-collapse -k3
expect_code "options in any order: exit code" 0
expect_text "options in any order: quiet" err ""
expect_same "options in any order: the same model" model2 first
run fit "${SMALL[@]}" --denoise_steps 4 --output model3 --clusters 3 --seed 7 --quiet --allow-collapse -- rows.npy
run fit "${SMALL[@]}" --denoise-steps 4 --output model4 --clusters 3 --seed 7 --quiet --allow-collapse -- rows.npy
expect_code "long names: exit code" 0
expect_same "dash and underscore: the same model" model3 model4
run fit rows.npy -k 9 -k 3 -o model5 "${SMALL[@]}" --seed 8 --seed 7 --quiet --allow-collapse
expect_same "given twice, the last counts" model5 first

run predict model rows.npy -o labels.npy --proba proba.npy --embedding z.npy
expect_code "predict: exit code" 0
expect_text "predict: stdout" out ""
grep -qE '^cludi: 60 rows in [0-9.]+ s \([0-9]+ rows/s, [0-9.]+ draws each\); labels written to "labels.npy"$' err && ok "predict: summary" ||
    fail "predict: summary" "$(cat err)"
run predict model rows.npy --quiet -o again.npy --seed 7 --draws 2
expect_text "predict --quiet" err ""
expect_same "predict takes the model's seed and samples" again.npy labels.npy

run info proba.npy
expect_text "info of probabilities" out "file             proba.npy
format           npy
bytes            848
type             <f4
shape            60 x 3
order            C
"
run info labels.npy
expect_text "info of labels" out "file             labels.npy
format           npy
bytes            368
type             <i4
shape            60
order            C
"
run info z.npy
expect_words "info of embeddings" out "60 x 8"
run info model
expect_code "info of a model: exit code" 0
for line in "format           model" "features         4" "clusters         3" "seed             7" "rows             60" \
    "steps            12" "method           cludi" "input            rows: coordinates, put on a sphere"; do
    grep -qxF -- "$line" out && ok "info of a model: $line" || fail "info of a model: $line" "$(cat out)"
done
for pair in "embedding-dim 8 64" "hidden-dim 16 384" "views 2 4" "batch-size 16 256" "teacher-steps 2 8" "steps 12 0" "preprocessing coordinates auto"; do
    read -r name value usual <<<"$pair"
    line=$(printf -- '%-16s %s (default %s)' "--$name" "$value" "$usual")
    grep -qxF -- "$line" out && ok "info of a model: $line" || fail "info of a model: $line" "$(cat out)"
done
grep -qE '^confidence       [01]\.[0-9]{2}$' out && ok "info of a model: confidence" || fail "info of a model: confidence" "$(cat out)"
grep -q '^--temperature ' out && fail "info of a model: only what differs" "$(cat out)" || ok "info of a model: only what differs"

# What --preprocessing says, in words.
for pair in "unit scaled to norm 1" "directions mean taken away, scaled to norm 1" "coordinates coordinates, put on a sphere"; do
    run fit rows.npy -k 3 -o model3 "${SMALL[@]}" --allow-collapse --preprocessing "${pair%% *}"
    expect_words "--preprocessing ${pair%% *}" err "; rows: ${pair#* }; model written"
done

# Without --steps the training ends by itself; until it is known when, its steps are a bound. A slow step shows a line.
run fit rows.npy -k 3 -o model3 --method cludi --hidden-dim 16 --embedding-dim 8 --batch-size 16 --views 2 --teacher-steps 2 --allow-collapse
expect_code "until settled: exit code" 0
done=$(sed -nE 's/^fit: ([0-9]+)\/\1, .*/\1/p' err)
grep -q "^cludi: $done steps in " err && [ "$done" -le 600 ] && [ "$done" -gt 200 ] && ok "until settled: steps" ||
    fail "until settled: steps" "$(cat err)"

run eval classes.npy labels.npy
expect_code "eval: exit code" 0
cp out scores
run fit rows.npy -k 3 -o model "${SMALL[@]}" --seed 7 --allow-collapse --labels classes.npy --quiet
expect_code "fit --labels: exit code" 0
expect_same "fit --labels prints what eval prints of predict" out scores
expect_same "labels do not change the model" model first

labels truth.npy 0 0 1 1 2 2 2 2
labels found.npy 5 5 5 7 9 9 9 9
run eval truth.npy found.npy
expect_text "eval: table" out "NMI              79.5 %
AMI              69.0 %
ARI              74.7 %
ACC              87.5 %
classes             3
clusters            3
largest share    50.0 %
smallest share   12.5 %
"
run eval truth.npy truth.npy
expect_words "eval: equal labels" out "NMI             100.0 %" "ARI             100.0 %" "ACC             100.0 %"
expect_text "eval: stderr" err ""
finish
