#!/bin/bash
# Columns of CSV files: known by name, left out, an index, likely ids, headers of numbers, separators. What a file means is told
# by its labels: those of the same numbers in a plain file.
. "$(dirname "$0")/lib.sh"
ROWS=60

# Three groups in four columns of different sizes, so that no column may stand for another.
rows() { # DELIMITER
    awk -v rows=$ROWS -v d="$1" 'BEGIN {
        for (i = 0; i < rows; i++) {
            g = i % 3
            printf "%.2f%s%.2f%s%.2f%s%.2f\n", 20 * g + i % 7 / 10, d, 50 - 9 * g * g + i % 5 / 8, d, 7 * (g == 1) + i % 11 / 9, d, 300 * (g == 2) + i % 13
        }
    }'
}
numbers() { seq "${1:-0}" "${2:-1}" 1000000 | head -n $ROWS; }
model=(-k 3 --method kmeans --quiet)
rows , >plain.csv
{ echo a,b,c,d && rows ,; } >named.csv
awk -F, -v OFS=, '{ print $3, $1, $4, $2 }' named.csv >other.csv
run fit plain.csv "${model[@]}" -o plain.model && expect_text "no names: nothing to say" err ""
run predict plain.model plain.csv -o wanted.npy --quiet
run fit named.csv "${model[@]}" -o named.model && expect_text "names: nothing to say" err ""

# NAME NOTE ARGUMENT...: predict writes the labels of the plain file, and says exactly this.
expect_labels() {
    local name=$1 note=$2
    shift 2
    run predict "$@" -o labels.npy --quiet
    expect_code "$name: exit code" 0
    expect_text "$name: stderr" err "${note:+cludi: $note$'\n'}"
    expect_same "$name: labels" labels.npy wanted.npy
    rm -f labels.npy
}
# NAME NOTE ARGUMENT...: fit says exactly this, and its model is that of the plain file but for the names.
expect_fit() {
    local name=$1 note=$2 data=$3
    shift 3
    run fit "$data" "${model[@]}" -o new.model "$@"
    expect_code "fit, $name: exit code" 0
    expect_text "fit, $name: stderr" err "${note:+cludi: $note$'\n'}"
    run predict new.model "$data" -o labels.npy --quiet "$@"
    expect_code "fit, $name: prediction" 0
    expect_same "fit, $name: labels" labels.npy wanted.npy
    rm -f labels.npy new.model.old && mv new.model last.model
}

# ---- by name ----
run info named.model
expect_words "a model tells its columns" out "columns          a, b, c, d"
run info named.model --json
expect_words "a model tells its columns in JSON" out '"feature_names": ["a", "b", "c", "d"]'
run info plain.model --json
grep -q feature_names out && fail "a model without names" "$(cat out)" || ok "a model without names"
grep -q feature_names plain.model && fail "no names in the file" "there are" || ok "no names in the file"
expect_labels "the same order" "" named.model named.csv
expect_labels "another order" "" named.model other.csv
run verify named.model other.csv
expect_words "verify: another order" out "the rows of the training, and their labels are the same"
expect_labels "a model without names takes columns in order" "" plain.model named.csv
expect_labels "rows without names" \
    '"plain.csv" has no names of columns, but the model has: they are taken in the model'"'"'s order.' named.model plain.csv
tr , '\t' <other.csv >other.tsv && expect_labels "another order, tabs" "" named.model other.tsv
{ printf '\xef\xbb\xbf"c" , "a","d","b"\r\n' && sed 1d other.csv; } >quoted.csv && expect_labels "quotes, blanks, a mark" "" named.model quoted.csv
sed '1s/a/A/' named.csv >bad.csv
expect_refused "missing and unknown" \
    '"bad.csv" lacks columns that the model needs: "a"; it has columns that the model does not know: "A" (--drop NAME leaves one out).' \
    -- predict named.model bad.csv -o x.npy
expect_refused "verify: missing" 'lacks columns that the model needs: "a"' -- verify named.model bad.csv
cut -d, -f1-3 named.csv >bad.csv
expect_refused "missing" '"bad.csv" lacks columns that the model needs: "d".' -- predict named.model bad.csv -o x.npy
paste -d, other.csv <(echo new && numbers) >more.csv
expect_refused "unknown" '"more.csv" has columns that the model does not know: "new" (--drop NAME leaves one out).' -- \
    predict named.model more.csv -o x.npy
expect_labels "unknown, dropped" "" named.model more.csv --drop new
paste -d, other.csv <(echo a && numbers) >twice.csv
expect_refused "a name twice" 'as "a" is there more than once' -- predict named.model twice.csv -o x.npy
expect_missing "nothing is written after a refusal" x.npy

# ---- left out ----
paste -d, <(echo path && numbers | sed 's/^/C:\\img /') named.csv <(echo kind && numbers | sed 's/.*/x/') >texts.csv
expect_refused "a column of text" 'line 2, column 1 ("path") has "C:\img 0"; a number is wanted (--drop NAME leaves out a column).' -- \
    fit texts.csv "${model[@]}" -o x
expect_fit "two columns" "" texts.csv --id-column path --drop kind
expect_fit "two columns by number" "" texts.csv --drop 1 --drop 6
run info last.model && expect_words "dropped columns are kept" out "not features     path, kind"
expect_labels "what was dropped need not be said again" "" last.model texts.csv
expect_labels "what was dropped need not be there" "" last.model other.csv
run predict last.model texts.csv --id-column path -o ids.csv --quiet
expect_words "ids" ids.csv 'C:\img 59,'
rows , | paste -d, - <(numbers) >last.csv && expect_fit "without a header" "" last.csv --drop 5
expect_refused "no such column" '"texts.csv" has no column "pth"; did you mean "path"?' -- fit texts.csv "${model[@]}" --drop pth -o x
expect_refused "no such id column" 'did you mean "path"?' -- fit texts.csv "${model[@]}" --id-column Path -o x
expect_refused "no such number" 'has no column "7"' -- fit texts.csv "${model[@]}" --drop 7 -o x
expect_refused "twice" 'column 1 ("path") is dropped twice' -- fit texts.csv "${model[@]}" --drop path --drop 1 -o x
expect_refused "the id column" 'column 1 ("path") is the id column' -- fit texts.csv "${model[@]}" --id-column path --drop path -o x
expect_refused "all" 'no column left' -- fit named.csv "${model[@]}" --drop a --drop b --drop c --drop d -o x
npy rows.npy '<f4' '(2, 2)' < <(head -c 16 /dev/zero)
expect_refused "columns of a .npy" '"rows.npy" is a .npy; a CSV alone has columns to drop.' -- fit rows.npy -k 2 --drop 1 -o x
expect_refused "a header of a .npy" '"rows.npy" is a .npy; a CSV alone has a header.' -- fit rows.npy -k 2 --no-header -o x
expect_refused "a decimal comma of a .npy" '"rows.npy" is a .npy; a CSV alone has a decimal comma.' -- fit rows.npy -k 2 --decimal , -o x
expect_usage "two ids" fit texts.csv -k 3 -o x --id-column path --id-column kind -- \
    "--id-column was given twice, but rows have one id; --drop NAME leaves out any column. Try 'cludi fit --help'."
expect_usage "another decimal" predict m x -o y --decimal x -- "--decimal is 'x'; it must be '.' or ','. Try 'cludi predict --help'."
expect_usage "a header and none" info x --header --no-header -- \
    "--header and --no-header cannot be given together. Try 'cludi info --help'."
run compare texts.csv -k 3 -o study --methods kmeans --seeds 1 --quiet --id-column path --drop kind
expect_code "compare" 0
run sweep texts.csv -k 3 -o grid --param preprocessing=unit,directions --method kmeans --seeds 1 --quiet --drop path --drop kind
expect_code "sweep" 0
expect_refused "compare without" 'column 1 ("path")' -- compare texts.csv -k 3 -o study2 --methods kmeans --quiet
run plan texts.csv -k 3 "${SMALL[@]}" --drop path --drop kind
expect_words "plan" out "$ROWS of 4 numbers"

# ---- an index ----
index='column 1 has no name and is left out, as the index of a data frame'
paste -d, <(echo && numbers) named.csv >index.csv
expect_fit "an index" "\"index.csv\": $index (with a name it is a feature)." index.csv
expect_labels "an index, at predict again" "" last.model index.csv
expect_labels "an index that was there" "" last.model other.csv
expect_labels "an index that was not there" "\"index.csv\": $index." named.model index.csv
expect_labels "an index, a model without names" "\"index.csv\": $index (with a name it is a feature)." plain.model index.csv
paste -d, <(echo && numbers 1) named.csv >index1.csv && expect_fit "an index from 1" "\"index1.csv\": $index (with a name it is a feature)." index1.csv
paste -d, <(echo && numbers | tac) named.csv >back.csv && expect_fit "an index backwards" "\"back.csv\": $index (with a name it is a feature)." back.csv
paste -d, <(echo && numbers | sed 's/^/row /') named.csv >words.csv && expect_fit "an index of texts" "\"words.csv\": $index (with a name it is a feature)." words.csv
paste -d ' ' <(numbers 1 | sed 's/.*/"&"/') <(rows ' ') | sed '1i "a" "b" "c" "d"' >r.txt
expect_fit "R's table" "\"r.txt\": $index (with a name it is a feature)." r.txt
# No rule finds these; a warning does.
unnamed='has no name and is taken for a feature'
paste -d, <(echo && { numbers | head -n 30; numbers | head -n 30; }) named.csv >again.csv
paste -d, <(echo , && { for i in 0 1 2; do numbers | head -n 20 | sed "s/^/$i,/"; done; }) named.csv >levels.csv
paste -d, <(echo 'Unnamed: 0' && { numbers | head -n 30; numbers | head -n 30; }) named.csv >saved.csv
for file in again saved; do
    run fit $file.csv "${model[@]}" -o x
    expect_text "an index that begins again" err "cludi: Warning: \"$file.csv\": column 1 $unnamed; --drop 1 leaves it out, if it is an index."$'\n'
done
run fit levels.csv "${model[@]}" -o x
expect_text "an index of two levels" err "cludi: Warning: \"levels.csv\": column 1 $unnamed, and so is 1 more; --drop 1 leaves it out, if it is an index."$'\n'
expect_fit "an index that is dropped" "" levels.csv --drop 1 --drop 2
expect_labels "an index that begins again, at predict" "\"again.csv\": $index." named.model again.csv

# ---- likely ids ----
warning='Warning: "ids.csv": column 1 ("id") has whole numbers that are all different, as an id has; --drop "id" leaves it out, --id-column makes it the name of the rows.'
paste -d, <(echo id && numbers 100 7) named.csv >ids.csv
run fit ids.csv "${model[@]}" -o ids.model
expect_text "a likely id" err "cludi: $warning"$'\n'
run predict ids.model ids.csv -o labels.npy --quiet && expect_text "a likely id: nothing at predict" err ""
run compare ids.csv -k 3 -o study3 --methods kmeans --seeds 1 --quiet && expect_words "a likely id: compare" err "$warning"
expect_fit "no id: dropped" "" ids.csv --drop id
expect_fit "no id: the id column" "" ids.csv --id-column id

# ---- headers of numbers ----
header='line 1, 0 to 3, is taken for a header, as data frames without names have it (--no-header makes it a row).'
{ echo 0,1,2,3 && rows ,; } >zero.csv
expect_fit "a header of numbers" "\"zero.csv\": $header" zero.csv
expect_labels "a header of numbers: another model" "\"zero.csv\": $header" plain.model zero.csv
run info zero.csv
expect_words "info: a header of numbers" out "$ROWS x 4" "columns          0, 1, 2, 3"
expect_text "info: a header of numbers: stderr" err "cludi: \"zero.csv\": $header"$'\n'
run info zero.csv --no-header
expect_words "info: no header" out "$((ROWS + 1)) x 4"
expect_text "info: no header: stderr" err ""
{ echo ,0,1,2,3 && paste -d, <(numbers) plain.csv; } >both.csv && expect_fit "index and numbers" "\"both.csv\": $index (with a name it is a feature)." both.csv
# Chosen columns: whole numbers that rise, where the rows are plainly something else.
chosen='line 1 has whole numbers that rise, unlike the rows below, and is taken for a header, as data frames with chosen columns have it (--no-header makes it a row).'
for names in 0,1,2,4 1,3,7,30 2017,2018,2019,2020; do
    { echo $names && rows ,; } >chosen.csv
    expect_fit "a header $names" "\"chosen.csv\": $chosen" chosen.csv
    expect_labels "a header $names: its names are known" "" last.model chosen.csv
    expect_labels "a header $names: another model" "\"chosen.csv\": $chosen" plain.model chosen.csv
    expect_fit "a header $names, said so" "" chosen.csv --header
    run info chosen.csv --no-header
    expect_words "a header $names, but none" out "$((ROWS + 1)) x 4"
    expect_text "a header $names, but none: stderr" err ""
done
{ echo '"1" "3" "7" "30"' && paste -d ' ' <(numbers 1 | sed 's/.*/"&"/') <(rows ' '); } >r.txt
expect_fit "a header of R" "$(printf '"r.txt": %s\ncludi: "r.txt": %s (with a name it is a feature).' "$chosen" "$index")" r.txt
whole() { awk -v rows=$ROWS -v columns="$1" 'BEGIN { for (i = 0; i < rows; i++) for (j = 0; j < columns; j++) printf "%d%s", (i * 7 + j * j * 5) % 11, j < columns - 1 ? "," : "\n" }'; }
{ echo 2,5,11,17,20,21,30,31 && whole 8; } >pixels.csv
run info pixels.csv
expect_words "a header over whole numbers" out "$ROWS x 8" "columns          2, 5, 11, 17, 20, 21, 30, 31"
# A row for all that can be told, with a word where it may be a header.
row='line 1 has whole numbers that rise and is taken for a row (--header makes it a header).'
# NAME FIRST-LINE NOTE: the file's other rows come by stdin.
expect_row() {
    { echo "$2" && cat; } >first.csv
    run info first.csv
    expect_words "$1" out "$(wc -l <first.csv) x "
    expect_text "$1: stderr" err "${3:+cludi: \"first.csv\": $3$'\n'}"
}
whole 4 | expect_row "few whole numbers" 1,3,7,30 "$row"
whole 4 | expect_row "whole numbers with equal steps" 2,4,6,8 "line 1 has numbers with equal steps and is taken for a row (--header makes it a header)."
whole 2 | expect_row "two whole numbers" 1,3 ""
whole 4 | expect_row "numbers that do not rise" 1,7,3,30 ""
rows , | cut -d, -f1-2 | expect_row "two columns" 1,3 "$row"
rows , | sed '5s/^[^,]*/7/' | expect_row "rows with whole numbers here and there" 1,3,7,30 "$row"
rows , | expect_row "a fraction" 1,3,7.0,30 ""
rows , | expect_row "a sign" -1,3,7,30 ""
rows , | expect_row "a zero in front" 01,3,7,30 ""
echo 0.5,0.25,0.75 | expect_row "one row" 1,3,7 "$row"
seq 60 | awk '{ print $1 "," $1 + 3 "," $1 + 10 "," $1 + 11 "," $1 + 20 "," $1 + 22 "," $1 + 40 "," $1 + 50 }' | expect_row "rows that all rise" 0,3,10,11,20,22,40,50 ""
expect_refused "a row that is too long" 'line 2 has 3 cells; line 1 has 2' -- info <(printf '1,3\n1,2,3\n')
{ echo 0 && seq 60 | sed 's/.*/1/'; } >series.csv
run eval series.csv:0 series.csv:0
expect_words "a Series of pandas" out "classes             1"
expect_text "a Series of pandas: stderr" err ""

# ---- first rows that are no headers ----
for row in '1,,3,4' '1,2,NA,4' '1,2,3,?' '1,2,3,' '1.5,,2,3' '1,null,2.5,3'; do
    { echo "$row" && rows ,; } >gap.csv
    expect_refused "a first row of $row" '"gap.csv": line 1, column ' 'a number is wanted' -- fit gap.csv "${model[@]}" -o x
done
paste -d, <(numbers | sed 's/^/img/') <(numbers | awk '{ print 5 + $1 % 7 }') <(numbers | sed 's/.*/2/') >paths.csv
run info paths.csv --id-column 1
expect_text "a first row with a text" err $'cludi: "paths.csv": line 1 has text and numbers and is taken for a header (--no-header makes it a row).\n'
run info paths.csv --id-column 1 --no-header
expect_text "a first row with a text: said so" err ""
expect_words "a first row with a text: rows" out "$ROWS x 2"

# ---- separators ----
for d in ' ' '  ' $'\t' ';' '|'; do
    rows "$d" >rows.txt && expect_fit "separator '$d'" "" rows.txt
    { echo "a${d}b${d}c${d}d" && rows "$d"; } >rows.txt && expect_labels "separator '$d', names" "" named.model rows.txt
done
{ echo '# a b c d' && rows ' ' | sed 's/^/  /; s/$/ /'; } >savetxt.txt && expect_labels "a header behind a #" "" named.model savetxt.txt
{ echo '# made by hand' && rows ,; } >comment.csv && expect_fit "a comment" "" comment.csv
{ printf 'sep=;\r\n' && tr , ';' <other.csv; } >sep.csv && expect_labels "sep=" "" named.model sep.csv
{ echo 'a;b;c;d' && rows ';' | tr . ,; } >comma.csv
expect_refused "a decimal comma" 'line 2, column 1 ("a") has "0,00"; a number is wanted (--decimal , reads commas as decimal points).' -- \
    fit comma.csv "${model[@]}" -o x
expect_fit "a decimal comma" "" comma.csv --decimal ,
expect_labels "a decimal comma, names" "" named.model comma.csv --decimal ,
for encoding in UTF-16 UTF-16LE UTF-16BE UTF-32; do
    iconv -f UTF-8 -t $encoding named.csv >wide.csv
    expect_refused "$encoding" '"wide.csv" is text in UTF-' 'UTF-8 is wanted: iconv -f UTF-' -- fit wide.csv "${model[@]}" -o x
done
iconv -f UTF-8 -t UTF-16 other.csv | iconv -f UTF-16LE -t UTF-8 >back.csv && expect_labels "what iconv gives" "" named.model back.csv
finish
