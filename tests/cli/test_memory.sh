#!/bin/bash
# Rows that are read a block at a time: nothing of it shows in the results, and what is wrong late in a file is found early.
. "$(dirname "$0")/lib.sh"
FIT=(-k 3 "${SMALL[@]}" --seed 7 --allow-collapse)
groups rows.npy 60
group_labels classes.npy 60

# fit: in memory, and from the file.
run fit rows.npy -o whole "${FIT[@]}" --labels classes.npy
cp out whole_scores
grep -q "rows read from the file" err && fail "in memory: summary" "$(cat err)" || ok "in memory: summary"
for memory in 1 959 1K; do
    run fit rows.npy -o streamed "${FIT[@]}" --labels classes.npy --memory $memory
    expect_code "--memory $memory: exit code" 0
    expect_same "--memory $memory: model" streamed whole
    expect_same "--memory $memory: scores" out whole_scores
    case $memory in
    1K) grep -q "rows read from the file" err && fail "--memory 1K holds 960 bytes" "$(cat err)" || ok "--memory 1K holds 960 bytes" ;;
    *) expect_words "--memory $memory: summary" err "rows read from the file as needed; model written" ;;
    esac
done

# What fit holds when 25,000 rows of 256 numbers stay in the file; as float32 they would take 25.6 MB. Kept: 16 bytes a row
# (0.4 MB); the sample, 16384 rows of 1 KiB (16.8 MB). Beside that one after the other: the start, of each row of the sample
# two smoothed ones (33.6 MB), its votes (16.8 MB), 30 neighbors (3.9 MB), what ten k-means know of it (5 MB), and two blocks
# of k-means of at most the sample each (33.6 MB); the search, 70 MB of blocks and the graph, 8 bytes for each of 15 neighbors
# of a row (3.0 MB); the steps, 16 rows for each of N (0.3 MB at N = 16). The most is the start: 17.2 + 92.9 = 110 MB;
# a program with a model this small takes 21 MB, and glibc keeps freed blocks of up to 32 MiB in its heap (34 MB): 165 MB.
most=165000000
if grep -q __asan_init "$CLUDI"; then
    skip "peak" "sanitizers take memory too"
elif ! python3 -c '' 2>/dev/null; then
    skip "peak" "python3 is not there to measure it"
else
    head -c 6400000 /dev/urandom | npy long.npy '|i1' '(25000, 256)'
    cat >peak.py <<'PYTHON'
import os, sys
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(process, 0)
print(usage.ru_maxrss * 1024)
sys.exit(status != 0)
PYTHON
    for memory in 1 1G; do
        python3 peak.py "$CLUDI" fit long.npy -o long$memory "${FIT[@]}" --quiet --init-runs 4 --memory $memory --threads 2 >peak$memory 2>err
        code=$?
        expect_code "peak --memory $memory: exit code" 0
    done
    [ "$(cat peak1)" -le $most ] && ok "peak: $(cat peak1) bytes" || fail "peak" "$(cat peak1) bytes, wanted $most"
    [ "$(cat peak1G)" -le $((most + 25600000)) ] && ok "peak in memory: $(cat peak1G) bytes" ||
        fail "peak in memory" "$(cat peak1G) bytes, wanted $most and the rows"
    expect_same "peak: the same model" long1 long1G
    rm long.npy
fi

# Files without random access.
sed "s/'fortran_order': False/'fortran_order': True /" rows.npy >fortran.npy
{ bytes 0 0 9 2 0 0 0 60 0 0 0 4 && tail -c 240 rows.npy; } >rows.idx
gzip -c rows.idx >rows.idx.gz
run fit rows.idx -o streamed "${FIT[@]}" --memory 1 --quiet
expect_same "plain IDX from the file" streamed whole
for file in fortran.npy rows.idx.gz; do
    expect_refused "$file from the file" "\"$file\" has 60 rows of 4 numbers" "the 1 bytes of --memory" "unpack it" \
        "C order" "larger --memory" -- fit $file -o none "${FIT[@]}" --memory 1
    expect_missing "$file from the file: no model" none
    run fit $file -o streamed "${FIT[@]}" --memory 2K --quiet
    expect_code "$file in memory: exit code" 0
done
expect_same "zipped IDX in memory" streamed whole

# What is no row is found from the file too.
npy nan.npy '<f4' '(3, 2)' < <(printf '\x00\x00\x80\x3f%.0s' 1 2 3 4 5 && printf '\x00\x00\xc0\x7f')
expect_refused "NaN from the file" '"nan.npy": X has NaN in row 2, column 1' -- fit nan.npy -k 2 -o none --memory 1

# predict in blocks: 64 MiB are 256 of these rows.
cols=65536
wide() { # FILE DTYPE ROWS BYTES: zeros
    npy "$1" "$2" "($3, $cols)" </dev/null
    truncate -s $((128 + $3 * cols * $4)) "$1"
}
block() { # SEED: 100 rows of noise
    awk -v seed="$1" 'BEGIN { srand(seed); for (i = 0; i < 4096; i++) printf "%c", 32 + int(90 * rand()) }' >piece
    for ((i = 0; i < cols / 4096; i++)); do cat piece; done >row
    for ((i = 0; i < 100; i++)); do cat row; done
}
for seed in 1 2 3; do block $seed >block$seed; done
npy wide.npy '|u1' "(300, $cols)" < <(cat block1 block2 block3)
{ bytes 0 0 8 3 0 0 1 44 0 0 1 0 0 0 1 0 && cat block1 block2 block3; } | gzip -1 >wide.idx.gz
npy first.npy '|u1' "(200, $cols)" < <(cat block1 block2)
npy last.npy '|u1' "(100, $cols)" < <(cat block3)
npy few.npy '|u1' "(4, $cols)" < <(head -c $((4 * cols)) block2)
rm block? piece row
run fit few.npy -k 2 -o model "${SMALL[@]}" --init-runs 1 --steps 1 --allow-collapse --quiet
expect_code "wide model: exit code" 0

run predict model wide.npy -o wide.labels.npy --proba wide.proba.npy --embedding wide.embedding.npy --json
expect_code "several blocks: exit code" 0
[ "$(grep -c '^predict: 300/300' err)" -eq 1 ] && ok "several blocks: progress" || fail "several blocks: progress" "$(cat err)"
grep -q 'predict: .*/256\|predict: .*/44' err && fail "several blocks: total" "$(cat err)" || ok "several blocks: total"
expect_words "several blocks: summary" err "cludi: 300 rows in "
expect_words "several blocks: JSON" out '"rows": 300'
for part in first last; do
    run predict model $part.npy -o $part.labels.npy --proba $part.proba.npy --embedding $part.embedding.npy --quiet
done
for kind in labels proba embedding; do
    for file in first last wide; do tail -c +129 $file.$kind.npy >$file.numbers; done
    cat first.numbers last.numbers >parts
    expect_same "several blocks: $kind" wide.numbers parts
done
run predict model wide.idx.gz -o zipped.labels.npy --quiet
expect_code "zipped in several blocks: exit code" 0
[ "$(wc -c <zipped.labels.npy)" -eq $((128 + 4 * 300)) ] && ok "zipped in several blocks: rows" || fail "zipped in several blocks: rows" "$(wc -c <zipped.labels.npy)"

# fit --labels goes through the same blocks. One step leaves the three kinds of rows in more than one cluster.
for ((i = 0; i < 300; i++)); do echo $((i / 100)); done >kinds.csv
run fit wide.npy -k 2 -o second "${SMALL[@]}" --init-runs 1 --steps 1 --allow-collapse --quiet --memory 1M --labels kinds.csv
expect_code "fit of several blocks: exit code" 0
cp out second_scores
run predict second wide.npy -o second.labels.npy --quiet
run eval kinds.csv second.labels.npy
expect_same "scores of several blocks" second_scores out
grep -q "^clusters  *2$" out || skip "scores of several blocks" "all rows are in one cluster, which says nothing"

# A bad row in the last block: found before the work, named with its own number, and nothing is left behind.
wide late.npy '<f2' 300 2
printf '\x00\x7e' | dd of=late.npy bs=1 seek=$((128 + 2 * (299 * cols + 5))) conv=notrunc status=none
mkdir late
expect_refused "NaN in the last block" '"late.npy": X has NaN in row 299, column 5 (counted from 0)' -- \
    predict model late.npy -o late/y.npy --proba late/p.npy --draws 60000 --denoise-steps 1000
[ -z "$(ls -A late)" ] && ok "NaN in the last block: no file" || fail "NaN in the last block: no file" "$(ls -A late)"
head -c $((128 + 30000000)) late.npy >cut.npy
expect_refused "truncated" cut.npy "is truncated" -- predict model cut.npy -o late/y.npy
gzip -dc wide.idx.gz | head -c 19000000 | gzip -1 >cut.idx.gz
expect_refused "truncated and zipped" '"cut.idx.gz" is truncated: wanted ' -- \
    predict model cut.idx.gz -o late/y.npy --draws 60000 --denoise-steps 1000
[ -z "$(ls -A late)" ] && ok "truncated: no file" || fail "truncated: no file" "$(ls -A late)"

# A signal in the middle: nothing is left behind either.
"$CLUDI" predict model wide.npy -o late/y.npy --proba late/p.npy --draws 60000 --denoise-steps 1000 >out 2>err &
program=$!
has_begun() { [ -n "$(ls -A late)" ]; }
wait_until $program has_begun
kill -s TERM $program
code=0
wait $program || code=$?
expect_code "signal: exit code" 143
grep -qx -e 'cludi: Stopped; nothing was written\.' -e 'cludi: Reading "wide.npy" was stopped\.' err && ok "signal: sentence" ||
    fail "signal: sentence" "$(cat err)"
[ -z "$(ls -A late)" ] && ok "signal: no file" || fail "signal: no file" "$(ls -A late)"

# ... and in the pass over all rows, which takes long where there are many.
npy many.npy '<f4' "(160000, $cols)" </dev/null
truncate -s $((128 + 160000 * cols * 4)) many.npy
"$CLUDI" fit many.npy -k 2 -o late/m "${SMALL[@]}" --memory 1G >out 2>err &
program=$!
reads_rows() { [ "$(readlink /proc/$program/fd/* | grep -c many.npy)" -gt 0 ] && catches_signals $program; }
wait_until $program reads_rows # before the pass the end is the same
kill -s TERM $program
code=0
wait $program || code=$?
expect_code "signal in the pass: exit code" 143
expect_text "signal in the pass: sentence" err "cludi: Stopped before the first step; nothing was written."$'\n'
[ -z "$(ls -A late)" ] && ok "signal in the pass: no file" || fail "signal in the pass: no file" "$(ls -A late)"
finish
