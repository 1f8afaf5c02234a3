#!/bin/bash
# plan: what it prints, numbers apart; what it refuses, as fit does; JSON that fits fit's own.
# noasan: what plan measures are times of the program as it is used.
. "$(dirname "$0")/lib.sh"
REF=(--backend ref --threads 1)
groups rows.npy 60

# Sizes, times and other measured numbers become words.
mask() {
    sed -E 's/[0-9.]+ (bytes|[kMGT]B)/SIZE/g; s/[0-9.]+ m?s\b/TIME/g; s/[0-9]+:[0-9:]+/TIME/g; s/[0-9]+ rows\/s/RATE/' "$1"
}

# Sets begun to what stands behind "at most" in the first line of a training, which it ends.
first_line() {
    local program
    "$CLUDI" fit rows.npy -k 3 -o open "${REF[@]}" "${OPEN[@]}" "$@" 2>"$terminal" >/dev/null &
    program=$!
    wait_until $program grep -q '^fit[: ]' shown
    kill -s TERM $program 2>/dev/null
    wait $program
    take_shown begin shown
    begun=$(sed -nE '0,/^fit[: ]/s/^fit[: ].*[0-9]+\/at most ([0-9]+),.*/\1/p' begin)
}

run plan rows.npy -k 3 "${SMALL[@]}" "${REF[@]}"
expect_code "plan: exit code" 0
expect_text "plan: stderr" err ""
mask out >masked
expect_text "plan: stdout" masked "data              rows.npy
rows              60 of 4 numbers, npy |i1
kept              in memory, SIZE as float32
computed by       ref, f32, 1 threads
fit               TIME, SIZE of memory
  start           TIME
  reading         TIME
  pass over rows  TIME
  sample          TIME
  neighbors       TIME
  first partition TIME
  training        TIME, 12 steps of TIME
  writing         TIME, a model of SIZE
predict           TIME, SIZE of memory, RATE
measured          12 steps on 60 rows, in TIME
available         SIZE of memory
"
run plan rows.npy -k 3 "${SMALL[@]}" "${REF[@]}" --memory 959
expect_words "from the file" out "kept              in the file, read as needed, 960 bytes as float32"
[ -z "$(ls -A | grep -v -e '^rows.npy$' -e '^out$' -e '^err$' -e '^masked$')" ] && ok "no file" || fail "no file" "$(ls)"
mkdir scratch
TMPDIR=$PWD/scratch run plan rows.npy -k 3 "${SMALL[@]}" "${REF[@]}"
[ -z "$(ls -A scratch)" ] && ok "no temporary file" || fail "no temporary file" "$(ls -A scratch)"
TMPDIR=$PWD/none expect_refused "no folder for temporary files" "Cannot make a file in" "set TMPDIR" -- plan rows.npy -k 3 "${SMALL[@]}" "${REF[@]}"

# The default has no steps; where a fit takes so little time, the whole is tried, and what it has is known.
run plan rows.npy -k 3 "${REF[@]}"
expect_code "default: exit code" 0
expect_text "default: stderr" err ""
mask out >masked
expect_text "default: stdout" masked "data              rows.npy
rows              60 of 4 numbers, npy |i1
kept              in memory, SIZE as float32
computed by       ref, f32, 1 threads
fit               TIME, SIZE of memory
  start           TIME
  reading         TIME
  pass over rows  TIME
  sample          TIME
  neighbors       TIME
  first partition TIME
  refinement      TIME
  writing         TIME, a model of SIZE
predict           TIME, SIZE of memory, RATE
measured          a fit of 60 rows to 3 clusters, in TIME
available         SIZE of memory
"

# Many clusters: those of a part of the rows are tried.
groups many.npy 2000
start=$SECONDS
run plan many.npy -k 600 "${REF[@]}"
expect_code "many clusters: exit code" 0
tried=$(sed -nE 's/^measured +a fit of ([0-9]+) rows to ([0-9]+) clusters.*/\1 \2/p' out)
[ -n "$tried" ] && [ "${tried#* }" -ge 257 ] && [ "${tried#* }" -le 600 ] && [ "${tried% *}" -le 2000 ] &&
    ok "many clusters: $tried" || fail "many clusters" "$(cat out)"
[ $((SECONDS - start)) -le 60 ] && ok "many clusters: soon" || fail "many clusters: soon" "$((SECONDS - start)) s"

# Steps that take too long are not all taken; what is said of them is.
run plan rows.npy -k 3 "${REF[@]}" "${SMALL[@]}" --steps 100000
expect_words "many steps" out "100000 steps of"
taken=$(sed -n 's/^measured *\([0-9]*\) steps.*/\1/p' out)
[ "${taken:-100000}" -lt 20000 ] && ok "many steps: not all taken" || fail "many steps: not all taken" "$taken"
run plan rows.npy -k 3 "${SMALL[@]}" "${REF[@]}" --batch-size 7 --epochs 2.5
expect_code "epochs: exit code" 2
run plan rows.npy -k 3 "${REF[@]}" --method cludi --hidden-dim 16 --embedding-dim 8 --batch-size 7 --epochs 2.5
expect_words "epochs" out ", 22 steps of"

# Without steps the most are planned: those that fit's own progress begins with.
open_terminal shown
OPEN=(--method cludi --hidden-dim 16 --embedding-dim 8 --views 2 --teacher-steps 2)
for options in "--batch-size 16" "--batch-size 16 --init-steps 400" "--batch-size 2 --views 64 --init-steps 300" "--batch-size 16 --init-runs 0"; do
    # shellcheck disable=SC2086
    run plan rows.npy -k 3 "${REF[@]}" "${OPEN[@]}" $options
    grep -qE '^fit +at most ' out && ok "until settled $options: fit" || fail "until settled $options: fit" "$(cat out)"
    planned=$(sed -nE 's/^  training +at most .*, at most ([0-9]+) steps of .*/\1/p' out)
    # shellcheck disable=SC2086
    first_line $options
    [ -n "$planned" ] && [ "$planned" = "$begun" ] && ok "until settled $options: $planned steps" ||
        fail "until settled $options: steps" "planned '$planned', fit begins with '$begun'"
done

# Rows for which there is no memory: 1 TB, of which the disk has next to nothing.
npy huge.npy '<f4' '(1000000000, 256)' </dev/null
if truncate -s $((128 + 1000000000 * 256 * 4)) huge.npy 2>/dev/null; then
    run plan huge.npy -k 3 "${SMALL[@]}" "${REF[@]}" --n-neighbors 0 --init-runs 0 --memory 1000000G
    expect_code "too large: exit code" 0
    expect_words "too large: warning" err "cludi: Warning: fit would take " " of memory, but only " \
        "are available; with a smaller --memory the rows stay in the file."
    rm huge.npy
else
    skip "too large" "the disk takes no sparse file"
fi

# What fit refuses.
expect_refused "more clusters than rows" '"rows.npy": ' "K is 61" "60 rows" -- plan rows.npy -k 61 --method cludi
expect_refused "no file" 'Cannot read "none"' -- plan none -k 2 --method cludi
npy nan.npy '<f4' '(3, 2)' < <(printf '\x00\x00\x80\x3f%.0s' 1 2 3 4 5 && printf '\x00\x00\xc0\x7f')
expect_refused "NaN" '"nan.npy": X has NaN in row 2, column 1' -- plan nan.npy -k 2 --method cludi
sed "s/'fortran_order': False/'fortran_order': True /" rows.npy >fortran.npy
expect_refused "Fortran order from the file" '"fortran.npy" has 60 rows of 4 numbers' "C order" -- plan fortran.npy -k 3 --method cludi --memory 1
for file in rows.npy nan.npy; do
    for arguments in "$file -k 61" "$file -k 3 --id-column x"; do
        # shellcheck disable=SC2086
        run fit $arguments --method cludi -o none
        mv err fit_err
        # shellcheck disable=SC2086
        run plan $arguments --method cludi
        expect_same "plan $arguments: fit's sentence" err fit_err
    done
done
try="Try 'cludi plan --help'."
expect_usage "without K" plan rows.npy -- "plan needs the number of clusters: -k K. $try"
expect_usage "without data" plan -k 3 -- "plan needs DATA: cludi plan DATA -k K [options]. $try"
expect_usage "steps and epochs" plan a -k 2 --steps 1 --epochs 1 -- "--steps and --epochs cannot be given together. $try"
expect_usage "memory" plan a -k 2 --memory 2x -- "--memory is '2x'; it must be a size such as 500MB, 2GB or 1073741824: bytes, or with K, M, G or T behind for powers of 1024. $try"
expect_usage "K is no number" plan a -k two -- "-k is 'two'; it must be a whole number from 2 to 65536. $try"

# Ctrl-C.
"$CLUDI" plan rows.npy -k 3 --method cludi --backend ref --batch-size 16 --teacher-steps 200 --hidden-dim 128 >out 2>err &
program=$!
wait_until $program catches_signals $program
kill -s TERM $program
code=0
wait $program || code=$?
expect_code "signal: exit code" 143
expect_text "signal: sentence" err "cludi: Stopped."$'\n'
expect_text "signal: stdout" out ""

if ! python3 -c 'import json' 2>/dev/null; then
    skip "JSON" "python3 is not there to read it"
    finish
fi
run plan rows.npy -k 3 "${SMALL[@]}" "${REF[@]}" --json --memory 1G
mv out plan.json
expect_text "JSON: stderr" err ""
run fit rows.npy -k 3 -o model "${SMALL[@]}" "${REF[@]}" --json --quiet --allow-collapse
cat >check.py <<'PYTHON'
import json, os
plan, fit = json.load(open("plan.json")), json.load(open("out"))
assert list(plan) == ["data", "format", "dtype", "rows", "columns", "clusters", "rows_bytes", "memory", "rows_in_memory",
                      "backend", "precision", "threads", "fit", "predict", "available_memory", "fits", "measured"], list(plan)
for key in ("backend", "precision", "threads", "clusters"):
    assert plan[key] == fit[key], key
assert (plan["data"], plan["format"], plan["dtype"]) == ("rows.npy", "npy", "|i1")
assert (plan["rows"], plan["columns"], plan["rows_bytes"], plan["memory"]) == (60, 4, 960, 1 << 30)
assert plan["rows_in_memory"] is True and plan["fits"] is True
parts = plan["fit"]
assert parts["steps"] == fit["steps"] == 12 and parts["model_bytes"] > 0.9 * os.path.getsize("model")
assert parts["model_bytes"] < 1.1 * os.path.getsize("model")
assert abs(parts["step_seconds"] * 12 - parts["training_seconds"]) < 1e-9
whole = sum(parts[key + "_seconds"] for key in ("start", "reading", "pass", "training", "writing",
                                                 "sample", "neighbors", "partition", "refinement"))
assert abs(whole - parts["seconds"]) < 1e-9
assert set(parts) == {"seconds", "peak_memory", "start_seconds", "reading_seconds", "pass_seconds", "training_seconds",
                      "steps", "step_seconds", "writing_seconds", "model_bytes", "at_most", "sample_seconds",
                      "neighbors_seconds", "partition_seconds", "refinement_seconds"}
assert parts["at_most"] is False
assert set(plan["predict"]) == {"seconds", "peak_memory", "rows_per_second"}
assert abs(plan["predict"]["seconds"] * plan["predict"]["rows_per_second"] - 60) < 1e-9
assert plan["measured"]["rows"] == 60 and plan["measured"]["steps"] == 12 and plan["measured"]["seconds"] > 0
assert plan["fit"]["peak_memory"] > 1 << 20 and plan["predict"]["peak_memory"] > 1 << 20
PYTHON
python3 check.py 2>python_error && ok "JSON" || fail "JSON" "$(tail -n 1 python_error)"
run plan rows.npy -k 3 "${REF[@]}" --json
mv out plan.json
run fit rows.npy -k 3 -o model "${REF[@]}" --quiet --allow-collapse
cat >check.py <<'PYTHON'
import json, os
plan = json.load(open("plan.json"))
parts, measured = plan["fit"], plan["measured"]
assert (parts["steps"], parts["step_seconds"], parts["training_seconds"], parts["at_most"]) == (0, 0, 0, False)
assert parts["refinement_seconds"] > 0 and parts["partition_seconds"] > 0
assert abs(parts["model_bytes"] / os.path.getsize("model") - 1) < 0.1
assert (measured["rows"], measured["clusters"], measured["steps"]) == (60, 3, 0)
whole = sum(parts[key + "_seconds"] for key in ("start", "reading", "pass", "training", "writing",
                                                 "sample", "neighbors", "partition", "refinement"))
assert abs(whole - parts["seconds"]) < 1e-9
PYTHON
python3 check.py 2>python_error && ok "JSON of the default" || fail "JSON of the default" "$(tail -n 1 python_error)"
finish
