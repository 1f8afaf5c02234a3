#!/bin/bash
# The same numbers in every format and encoding: byte-equal models and predictions; the names of columns are all that a header
# adds to a model. Ids, labels and CSV output.
. "$(dirname "$0")/lib.sh"
ROWS=30
COLS=4

# Eighths from 0 to 31.875, so that every type of floating point has them; three groups.
eighths=()
for ((i = 0; i < ROWS; i++)); do
    row=($((i * 7 % 11)) $((i * 5 % 13)) $((i * 3 % 7)) $((i * 11 % 17)))
    row[i % 3]=200
    eighths+=("${row[@]}")
done

# EXPONENT-BITS FRACTION-BITS ORDER NUMBER...: eighths as IEEE 754, big-endian (>) or little-endian (<).
floats() {
    local exponent_bits=$1 fraction_bits=$2 order=$3 number text=
    local size=$(((1 + exponent_bits + fraction_bits) / 8)) bias=$(((1 << (exponent_bits - 1)) - 1))
    shift 3
    for number in "$@"; do
        local bits=0 e=0 i
        if [ "$number" -gt 0 ]; then
            while [ $((number >> (e + 1))) -gt 0 ]; do e=$((e + 1)); done
            bits=$((((bias + e - 3) << fraction_bits) | ((number ^ (1 << e)) << (fraction_bits - e))))
        fi
        for ((i = 0; i < size; i++)); do
            local shift=$((8 * i))
            [ "$order" = '<' ] || shift=$((8 * (size - 1 - i)))
            text+=$(printf '\\x%02x' $(((bits >> shift) & 255)))
        done
    done
    printf '%b' "$text"
}

# DELIMITER: the eighths as decimal text.
text() {
    local i
    for ((i = 0; i < ROWS * COLS; i++)); do
        printf '%d.%03d' $((eighths[i] / 8)) $((eighths[i] % 8 * 125))
        [ $(((i + 1) % COLS)) -eq 0 ] && printf '\n' || printf '%s' "$1"
    done
}

columns=()
for ((j = 0; j < COLS; j++)); do
    for ((i = 0; i < ROWS; i++)); do columns+=("${eighths[i * COLS + j]}"); done
done

shape="($ROWS, $COLS)"
floats 8 23 '<' "${eighths[@]}" | npy base.npy '<f4' "$shape"
floats 8 23 '>' "${eighths[@]}" | npy big.npy '>f4' "$shape"
floats 5 10 '<' "${eighths[@]}" | npy half.npy '<f2' "$shape"
floats 11 52 '<' "${eighths[@]}" | npy double.npy '<f8' "$shape"
floats 11 52 '>' "${columns[@]}" | npy fortran.npy '>f8' "$shape"
sed -i 's/False, /True,  /' fortran.npy
text , >plain.csv
{ echo 'a,b,c,d' && text ,; } | sed 's/$/\r/' >header.csv
{ printf '\xEF\xBB\xBF' && echo 'a	b	c	d' && text '	'; } >tabs.tsv
text ';' | sed 's/\([^;]*\)$/"\1"/' >quoted.txt
{ bytes 0 0 13 2 0 0 0 $ROWS 0 0 0 $COLS && floats 8 23 '>' "${eighths[@]}"; } >floats.idx
gzip -nk floats.idx
inputs=(big.npy half.npy double.npy fortran.npy plain.csv header.csv tabs.tsv quoted.txt floats.idx floats.idx.gz)
if command -v zip >/dev/null; then
    zip -q0 stored.npz base.npy
    zip -q9 deflated.npz fortran.npy plain.csv
    zip -q9 two.npz base.npy double.npy
    inputs+=(stored.npz deflated.npz two.npz:double two.npz:base.npy)
    expect_refused "two arrays" two.npz '"base", "double"' -- info two.npz
    run predict no_model two.npz:base -o two.npz
    expect_code "an archive is not overwritten by what is made of a member" 2
else
    skip "npz" "there is no zip"
fi

fit() { run fit "$1" -k 3 -o "$2" "${SMALL[@]}" --quiet --allow-collapse; }
# FILE: a model without its length, the names of columns, the digest that they are part of, and the blanks behind the header.
without_names() {
    tail -c +9 "$1" | LC_ALL=C sed '1{s/,"feature_names":"\[[^]]*]","dropped_columns":"\[[^]]*]"//; s/"content_digest":"[0-9a-f]*"//; s/}} *//}'
}
# NAME: the file other is the file model but for the names of columns.
expect_model() {
    without_names other >other.bare
    without_names model >model.bare
    expect_same "$1" other.bare model.bare
}
fit base.npy model
expect_code "model" 0
run predict model base.npy -o labels.npy --proba proba.npy --quiet
expect_code "predict" 0
for input in "${inputs[@]}"; do
    fit "$input" other
    case $input in
    header.csv | tabs.tsv) expect_model "$input: model" ;;
    *) expect_same "$input: model" other model ;;
    esac
    run predict model "$input" -o other.npy --proba other_proba.npy --quiet
    expect_same "$input: labels" other.npy labels.npy
    expect_same "$input: probabilities" other_proba.npy proba.npy
done
for input in double.npy header.csv quoted.txt floats.idx; do
    run fit "$input" -k 3 -o other "${SMALL[@]}" --quiet --allow-collapse --memory 100
    expect_model "$input: model of rows that stay in the file"
done
run info header.csv
expect_text "info of a CSV" out "file             header.csv
format           csv
bytes            $(wc -c <header.csv)
type             <f4
shape            $ROWS x $COLS
order            C
columns          a, b, c, d
"

# An id column, text labels, CSV output.
{
    echo 'name,a,b,c,d'
    i=0
    while read -r line; do echo "\"n, \"\"$((i++))\"\"\",$line"; done <plain.csv
} >ids.csv
run fit ids.csv --id-column name -k 3 -o other "${SMALL[@]}" --quiet --allow-collapse
expect_model "id column: model"
run predict model ids.csv --id-column name -o labels.csv --proba proba.csv --quiet
expect_code "CSV output: exit code" 0
expect_text "CSV output: header" <(head -1 labels.csv) $'id,label,confidence,runner_up\n'
expect_same "CSV output: ids" <(sed '1d; s/,[^,]*,[^,]*,[^,]*$//' labels.csv) <(sed '1d; s/,[^,]*,[^,]*,[^,]*,[^,]*$//' ids.csv)
run eval labels.npy labels.csv:label --json
expect_words "CSV output: labels" out '"acc": 1.0'
expect_text "CSV output: header of probabilities" <(head -1 proba.csv) $'p0,p1,p2\n'
awk -F, 'NR > 1 {
    best = 1; second = 0
    for (k = 2; k <= 3; k++) if ($k > $best) best = k
    for (k = 1; k <= 3; k++) if (k != best && (!second || $k > $second)) second = k
    print best - 1 "," $best "," second - 1
}' proba.csv >wanted.txt
expect_same "CSV output: confidence and runner-up" <(sed '1d; s/^".*",//' labels.csv) wanted.txt
run predict model base.npy -o numbers.csv --quiet
expect_same "CSV output: row numbers for ids" <(cut -d, -f1 numbers.csv) <(echo id && seq 0 $((ROWS - 1)))
expect_same "CSV output: the same answers" <(cut -d, -f2- numbers.csv) <(sed 's/^".*",/,/; s/^id,/,/; s/^,//' labels.csv)
{ echo class && for ((i = 0; i < ROWS; i++)); do echo "class $((i % 3))"; done; } >classes.csv
group_labels classes.npy $ROWS
run eval classes.csv classes.npy --json
expect_words "labels in text" out '"acc": 1.0'
run fit base.npy -k 3 -o other "${SMALL[@]}" --quiet --allow-collapse --labels classes.csv:class
expect_words "labels in text: fit" out ACC


# The same table with tabs, with another case, on stdout; what goes where it is no file is a .npy.
run predict model ids.csv --id-column name -o labels.tsv --proba proba.TSV --quiet
expect_text "TSV output: header" <(head -1 labels.tsv) $'id\tlabel\tconfidence\trunner_up\n'
expect_same "TSV output: the same cells" <(sed 's/^".*"\t//' labels.tsv | tr '\t' ,) <(sed 's/^".*",//' labels.csv)
expect_same "TSV output: probabilities" <(tr '\t' , <proba.TSV) proba.csv
run predict model ids.csv --id-column name -o upper.CSV --quiet
expect_same "CSV output in capitals" upper.CSV labels.csv
run predict model base.npy -o upper.NPY --quiet
expect_same ".npy output in capitals" upper.NPY labels.npy
run predict model ids.csv --id-column name -o - --quiet
expect_same "CSV output on stdout" out labels.csv
run predict model base.npy -o other.npy --proba - --quiet
expect_same "probabilities on stdout" out proba.csv
run predict model base.npy -o /dev/stdout --quiet
expect_same "labels on /dev/stdout" out labels.npy
"$CLUDI" predict model base.npy -o /dev/fd/5 --quiet 5>other.npy
expect_same "labels on a descriptor" other.npy labels.npy
run fit base.npy -k 3 -o - "${SMALL[@]}" --quiet --allow-collapse
expect_same "a model on stdout" out model
code=0
"$CLUDI" predict model base.npy -o - --quiet >/dev/full 2>err || code=$?
expect_code "labels on a full stdout: exit code" 1
expect_words "labels on a full stdout: sentence" err 'cludi: Cannot write "/dev/stdout": No space left on device.'
code=0
"$CLUDI" predict model base.npy -o - --quiet >&- 2>err || code=$?
expect_code "labels on a closed stdout: exit code" 1
expect_words "labels on a closed stdout: sentence" err 'cludi: Cannot write "/dev/stdout": '
expect_refused "labels into a copy of what is no .h5ad" '"base.npy"' -- predict model base.npy -o copy.h5ad
expect_missing "labels into a copy of what is no .h5ad" copy.h5ad

expect_refused "no such id column" ids.csv '"nam"' -- predict model ids.csv --id-column nam -o l.csv
expect_refused "an id column of a .npy" base.npy "no id column" -- fit base.npy --id-column name -k 3 -o m
expect_refused "ids that are not left out" "line 2, column 1 (\"name\")" -- fit ids.csv -k 3 -o m
printf '1,2\n3,x\n' >bad.csv
expect_refused "a cell that is no number" bad.csv "line 2, column 2" '"x"' -- fit bad.csv -k 2 -o m
printf '1,2\n3\n' >bad.csv
expect_refused "a row that is too short" bad.csv "line 2 has 1 cells" -- fit bad.csv -k 2 -o m
printf 'a,b\n1,2\n3,nan\n' >bad.csv
expect_refused "NaN in text" bad.csv NaN "row 1" "column 1" -- fit bad.csv -k 2 -o m
expect_missing "no labels after all this" l.csv
finish
