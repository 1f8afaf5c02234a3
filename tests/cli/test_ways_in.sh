#!/bin/bash
# Ways in besides a plain file: gzip, tensors of a safetensors file, stdin, pipes. The model is that of the plain file. What is
# no array of rows is named, with what to do.
. "$(dirname "$0")/lib.sh"
groups rows.npy 60
group_labels classes.npy 60
{ for ((i = 0; i < 60; i++)); do
    row=($((i * 7 % 11)) $((i * 5 % 13)) $((i * 3 % 7)) $((i * 11 % 17)))
    row[i % 3]=100
    echo "${row[0]},${row[1]},${row[2]},${row[3]}"
done; } >rows.csv
tail -c +129 rows.npy >numbers
tail -c +129 classes.npy >codes
tensors() { # FILE HEADER: and the bytes of stdin
    { bytes $((${#2} & 255)) $((${#2} >> 8)) 0 0 0 0 0 0 && printf %s "$2" && cat; } >"$1"
}
emb='"emb":{"dtype":"I8","shape":[60,4],"data_offsets":[0,240]}'
tensors one.safetensors "{$emb}" <numbers
cat numbers codes | tensors labeled.safetensors "{$emb,\"y\":{\"dtype\":\"U8\",\"shape\":[60],\"data_offsets\":[240,300]}}"
cat numbers numbers | tensors two.safetensors "{$emb,\"more\":{\"dtype\":\"U8\",\"shape\":[60,4],\"data_offsets\":[240,480]}}"
for file in rows.npy rows.csv one.safetensors classes.npy; do gzip -nk $file; done
{ head -c 100 rows.npy | gzip -n && tail -c +101 rows.npy | gzip -n; } >members.npy.gz

fit() { run fit "$1" -k 3 -o "$2" --method kmeans --quiet "${@:3}"; }
fit rows.npy model
expect_code "model" 0
inputs=(rows.npy.gz rows.csv.gz members.npy.gz one.safetensors one.safetensors.gz one.safetensors:emb labeled.safetensors two.safetensors:emb)
for input in "${inputs[@]}"; do
    fit "$input" other
    expect_same "$input: model" other model
done
run predict model rows.npy -o labels.npy --quiet
run predict model rows.csv.gz -o other.npy --quiet
expect_same "rows.csv.gz: labels" other.npy labels.npy
for truth in classes.npy classes.npy.gz labeled.safetensors:y; do
    run eval $truth labels.npy
    [ "$truth" != classes.npy ] || cp out scores
    expect_same "$truth: scores" out scores
done
expect_words "scores" scores "NMI             100.0 %"

# ---- stdin and pipes ----
# INPUT ARGUMENT...: as run(), with a pipe at stdin that gives this file.
run_piped() {
    local input=$1
    shift
    code=0
    cat "$input" | "$CLUDI" "$@" >out 2>err || code=$?
}
for input in rows.npy rows.npy.gz rows.csv one.safetensors; do
    run_piped $input fit - -k 3 -o other --method kmeans --quiet
    expect_same "$input by a pipe: model" other model
done
"$CLUDI" fit - -k 3 -o other --method kmeans --quiet <rows.npy 2>err
expect_same "a file at stdin: model" other model
"$CLUDI" fit <(cat rows.npy) -k 3 -o other --method kmeans --quiet --labels <(gzip -dc classes.npy.gz) >out 2>err
expect_same "<(): model" other model
expect_words "<(): scores" out "NMI             100.0 %"
run_piped classes.npy eval - labels.npy
expect_same "labels by a pipe" out scores
run_piped two.safetensors info /dev/stdin:more
expect_words "an array in what comes by a pipe" out "format           safetensors" "shape            60 x 4"
mkfifo fifo
(cat rows.npy >fifo &)
fit fifo other
expect_same "a FIFO: model" other model
run_piped rows.npy predict model - -o other.npy --quiet
expect_same "predict of a pipe" other.npy labels.npy
run_piped model predict - rows.npy -o other.npy --quiet
expect_same "a model by a pipe" other.npy labels.npy
run_piped rows.npy verify model -
expect_words "verify of a pipe" out "the rows of the training"
run_piped rows.npy compare - -k 3 -o study --methods kmeans --seeds 2 --labels classes.npy --quiet
expect_code "compare of a pipe: exit code" 0
[ "$(ls study/runs/*.json 2>/dev/null | wc -l)" -eq 2 ] && ok "compare of a pipe: runs" || fail "compare of a pipe: runs" "$(ls study)"
[ -z "$(ls "${TMPDIR:-/tmp}" | grep cludi-input)" ] && ok "no temporary file is left" || fail "no temporary file is left" "$(ls "${TMPDIR:-/tmp}")"
code=0
: | "$CLUDI" info - >out 2>err || code=$?
expect_code "an empty pipe: exit code" 1
expect_text "an empty pipe" err $'cludi: "/dev/stdin" is empty.\n'
if script -qec true terminal >/dev/null 2>&1 </dev/null; then
    script -qec "'$CLUDI' info -" terminal >/dev/null </dev/null
    expect_words "a terminal at stdin" terminal '"/dev/stdin" is a terminal; a pipe or a file is wanted there'
else
    skip "a terminal at stdin" "script gives none"
fi
# Waiting for a pipe can be stopped, whether somebody writes to it or not.
for name in silent slow; do
    mkfifo $name
    "$CLUDI" predict model $name -o none.npy >out 2>err </dev/null &
    program=$!
    [ $name = silent ] || { exec 7>$name && head -c 100 rows.npy >&7; }
    sleep 0.3
    kill -TERM $program
    code=0
    wait $program || code=$?
    exec 7>&-
    expect_code "a $name pipe is stopped: exit code" 143
    expect_missing "a $name pipe is stopped: no output" none.npy
done

# ---- damage ----
head -c -9 rows.npy.gz >cut.npy.gz
expect_refused "cut gzip" '"cut.npy.gz" is truncated: its gzip data end before they are complete' -- info cut.npy.gz
{ cat rows.npy.gz && echo more; } >behind.npy.gz
expect_refused "bytes behind gzip" '"behind.npy.gz" is damaged: something else follows its gzip data.' -- info behind.npy.gz
{ head -c -8 rows.csv.gz && head -c 8 /dev/zero; } >sum.csv.gz
expect_refused "a wrong checksum" '"sum.csv.gz" is damaged' -- fit sum.csv.gz -k 3 -o none
cat rows.npy rows.npy >twice.npy
expect_refused "two arrays in one file" '"twice.npy" holds a second array, which begins at byte 368' -- fit twice.npy -k 3 -o none
gzip -n twice.npy
expect_refused "two arrays in one file, gzipped" 'holds a second array' -- info twice.npy.gz
{ cat classes.npy && echo more; } >labels-and-more.npy
expect_refused "labels and more" '"labels-and-more.npy" has 5 bytes behind its array' -- eval labels-and-more.npy labels.npy

# ---- what is something else ----
expect_refused "two tensors" 'name one as FILE:NAME, where NAME is one of "emb", "more".' -- fit two.safetensors -k 3 -o none
expect_refused "no such tensor" 'there is no such tensor; the file has "emb".' -- fit one.safetensors:rows -k 3 -o none
expect_refused "a model as rows" '"model" is a cludi model, not an array of feature vectors.' -- fit model -k 3 -o none
expect_refused "rows as a model" '"rows.npy" is not a model, but "model" is one; the model comes first' -- predict rows.npy model -o none.npy
expect_refused "tensors as a model" '"one.safetensors" is an array (safetensors), not a model' -- predict one.safetensors rows.npy -o none.npy
gzip -nk <numbers >numbers.gz
expect_refused "numbers alone" '"numbers.gz" ' -- info numbers.gz
printf 'PAR1\x15\x04....' >t.parquet
printf 'PAR1,RDX\n1,2\n' >genes.csv
run info genes.csv
expect_words "genes that look like other files" out "format           csv"
expect_refused "Parquet" '"t.parquet" is a Parquet table; convert it: python3 -c ' "pd.read_parquet('t.parquet')" -- fit t.parquet -k 3 -o none
expect_refused "a column of Parquet" '"t.parquet" is a Parquet table; ' "pd.read_parquet('t.parquet')" -- fit t.parquet:emb -k 3 -o none
printf '{"a": 1, "v": [1, 2]}\n{"a": 2, "v": [3, 4]}\n' >t.jsonl
expect_refused "JSON lines" '"t.jsonl" is JSON with vectors; ' "open('t.jsonl', encoding='utf-8-sig')" -- fit t.jsonl -k 3 -o none
gzip -nk t.jsonl
expect_refused "JSON lines, gzipped" '"t.jsonl.gz" is gzipped; inside is JSON with vectors; unpack it first: gunzip t.jsonl.gz.' -- fit t.jsonl.gz -k 3 -o none
printf '\x80\x04\x95....' >t.pkl
expect_refused "a pickle as labels" '"t.pkl" is a Python pickle; ' -- eval t.pkl labels.npy
printf '\x28\xb5\x2f\xfd....' >rows.npy.zst
expect_refused "zstd" "zstd -dc rows.npy.zst | cludi info -" -- info rows.npy.zst
mkdir -p photos/cats shards && : >photos/cats/1.JPG && cp rows.npy shards/1.npy
expect_refused "a folder of images" '"photos" is a folder of images; ' 'cludi embed WEIGHTS "photos" -o features.npy' -- fit photos -k 3 -o none
awk 'BEGIN { for (i = 0; i < 4; i++) { printf "w%d", i; for (j = 0; j < 25; j++) printf " %.2f", i + j / 10; print "" } }' >glove.txt
expect_refused "GloVe" '"glove.txt" is text with a word and a vector in each line, as GloVe has; convert it: python3' -- info glove.txt
run info glove.txt --no-header --id-column 1
expect_words "GloVe: rows with names" out "shape            4 x 25"
expect_refused "a folder of shards" '"shards" is a folder of .npy files; give one of them, or join them: ' -- fit shards -k 3 -o none
expect_missing "no model after all this" none
if command -v zip >/dev/null; then
    cp rows.npy data.npy && cp rows.npy shape.npy && cp rows.npy format.npy && zip -q sparse.npz data.npy shape.npy format.npy
    expect_refused "a sparse matrix" '"sparse.npz" is a sparse matrix of SciPy; ' "load_npz('sparse.npz').toarray()" -- fit sparse.npz -k 3 -o none
    mkdir archive && : >archive/data.pkl && zip -q t.pt archive/data.pkl
    expect_refused "PyTorch" '"t.pt" is a PyTorch file; ' "torch.load('t.pt', 'cpu')" -- fit t.pt -k 3 -o none
    expect_refused "a tensor of PyTorch" '"t.pt" is a PyTorch file; ' "torch.load('t.pt', 'cpu')" -- fit t.pt:emb -k 3 -o none
    zip -q rows.csv.zip rows.csv
    expect_refused "a zipped CSV" '"rows.csv.zip" is a zip with a CSV file; ' 'unzip -p rows.csv.zip | cludi info -' -- info rows.csv.zip
    zip -q rows.npz rows.npy && gzip -nk rows.npz
    expect_refused "gzipped .npz" '"rows.npz.gz" is a .npz that is gzipped; unpack it first: gunzip rows.npz.gz.' -- info rows.npz.gz
else
    skip "zips" "there is no zip"
fi

# ---- info of tensors ----
run info two.safetensors
expect_text "info of tensors" out "file             two.safetensors
format           safetensors
bytes            $(wc -c <two.safetensors)
tensors          2
  emb                                      I8    60 x 4
  more                                     U8    60 x 4
"
run info two.safetensors --json
expect_words "info of tensors: JSON" out '"encoder": null' '{"name": "more", "dtype": "U8", "shape": [60, 4]}'
if /usr/bin/python3 "$HERE/tiny_vit.py" vit.safetensors 2>/dev/null; then
    run info vit.safetensors
    expect_words "info of an encoder" out "encoder          a Vision Transformer that 'cludi embed' takes: 48 features" "3 heads"
    expect_refused "an encoder as rows" "'cludi embed \"vit.safetensors\" PATH... -o features.npy' makes rows from images." -- fit vit.safetensors -k 3 -o none
    run info vit.safetensors --json
    expect_words "info of an encoder: JSON" out '"encoder": {"features": 48'
else
    skip "info of an encoder" "tiny_vit.py does not run"
fi
finish
