#!/bin/bash
# fit --plot: MODEL.curves.svg, the same bytes from any number of threads; what it shows of a method, of labels, of a stop.
. "$(dirname "$0")/lib.sh"
set -m # without it bash starts background jobs with SIGINT ignored
groups rows.npy 60
labels classes.npy $(for ((i = 0; i < 60; i++)); do echo $((i % 3)); done)
PANELS=("Embedding part" "Class part" "Clusters in use" "Balance and confidence")

# NAME FILE: well-formed, where there is a program that says so.
expect_xml() {
    command -v xmllint >/dev/null || { skip "$1" "no xmllint" && return; }
    xmllint --noout "$2" && ok "$1" || fail "$1" "no XML"
}

run fit rows.npy -k 3 -o m "${SMALL[@]}" --plot --quiet --allow-collapse
expect_code "plot: exit code" 0
expect_text "plot: stdout" out ""
expect_words "plot: panels" m.curves.svg ">Loss</text>" "${PANELS[@]}" "rows.npy, K = 3<" "<title>12, "
expect_missing "plot: nothing of a stopped run" m.partial.curves.svg
expect_xml "plot: XML" m.curves.svg
run fit rows.npy -k 3 -o m2 "${SMALL[@]}" --plot --threads 2 --quiet --allow-collapse
expect_same "plot: 2 threads" m2.curves.svg m.curves.svg
expect_same "plot: the model is the same" m2 m
run fit rows.npy -k 3 -o plain "${SMALL[@]}" --quiet --allow-collapse
expect_same "plot: and that without it too" plain m
expect_missing "no plot" plain.curves.svg

run fit rows.npy -k 3 -o said "${SMALL[@]}" --plot --json --allow-collapse
expect_words "plot: where it is, on stderr" err 'Curves of the training written to "said.curves.svg".'
expect_words "plot: where it is, in JSON" out '"curves": "said.curves.svg"'

# Odd names, scores.
cp rows.npy '<a> & "b".npy'
run fit '<a> & "b".npy' -k 3 -o scored "${SMALL[@]}" --plot --labels classes.npy --quiet --allow-collapse
expect_code "labels: exit code" 0
nmi=$(sed -n 's/^NMI *\([0-9.]*\) %$/\1/p' out)
expect_words "labels: scores" scored.curves.svg "&lt;a&gt; &amp; &quot;b&quot;.npy, K = 3: NMI " " %, ACC " " %, ARI "
drawn=$(sed -n 's/^<title>.*: NMI \([0-9.]*\) %.*/\1/p' scored.curves.svg) # with two places
awk "BEGIN { exit !($drawn - $nmi <= 0.0501 && $nmi - $drawn <= 0.0501) }" && ok "labels: NMI" || fail "labels: NMI" "'$drawn', printed '$nmi'"
expect_xml "labels: XML" scored.curves.svg

# The default method has no steps, and reports nothing between its first partition and its end.
run fit rows.npy -k 3 -o own --plot --json
expect_code "discriminant: exit code" 0
expect_words "discriminant: no curves" err "cludi: Note: no curves are drawn, because the method discriminant reports none."
expect_missing "discriminant: no picture" own.curves.svg
grep -q curves out && fail "discriminant: JSON" "$(cat out)" || ok "discriminant: JSON"

# k-means reports its inertia alone.
run fit rows.npy -k 3 -o k --method kmeans --plot --quiet
expect_code "kmeans: exit code" 0
expect_words "kmeans: inertia" k.curves.svg "inertia per row"
for panel in "${PANELS[@]}"; do
    grep -q "$panel" k.curves.svg && fail "kmeans: no $panel" "it is there" || ok "kmeans: no $panel"
done
npy same.npy '|i1' "(9, 2)" < <(bytes 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1)
run fit same.npy -k 2 -o same --method kmeans --plot --quiet --allow-collapse
expect_code "kmeans of equal rows: exit code" 0
expect_words "kmeans of equal rows: no values" same.curves.svg "no values"

# A long training is thinned out, to its last step.
run fit rows.npy -k 3 -o long "${SMALL[@]}" --steps 5000 --plot --quiet --allow-collapse
joined=$(awk '{ n = gsub("L", ""); most = n > most ? n : most } END { print most + 1 }' long.curves.svg)
[ "$joined" -eq 1251 ] && ok "long: every 4th step and the last" || fail "long: every 4th step and the last" "$joined points"

# A stop: the curves lie beside the partial model; the run that goes on removes them.
open_terminal shown
"$CLUDI" fit rows.npy -k 3 -o s "${SMALL[@]}" --steps 100000000 --plot >out 2>"$terminal" &
program=$!
wait_until $program grep -q '^fit[: ]' shown
kill -s INT $program
code=0
wait $program || code=$?
take_shown err shown
expect_code "stop: exit code" 130
expect_missing "stop: no curves of a whole training" s.curves.svg
expect_words "stop: curves" s.partial.curves.svg ">Loss</text>"
expect_xml "stop: XML" s.partial.curves.svg

# --resume removes what a stopped run left, once the model is there.
run fit rows.npy -k 3 -o r "${SMALL[@]}" --checkpoint-every 5 --plot --quiet --allow-collapse
mv r.curves.svg whole.svg
touch r.partial r.partial.curves.svg
run fit rows.npy -k 3 -o r "${SMALL[@]}" --resume --plot --quiet --allow-collapse
expect_code "resume: exit code" 0
expect_missing "resume: the partial curves are gone" r.partial.curves.svg
expect_same "resume: curves" r.curves.svg whole.svg

# What cannot be is refused before the work.
expect_usage "no file" fit rows.npy -k 3 -o /dev/null --plot -- \
    "--plot: there is no place for the curves beside what is not a file. Try 'cludi fit --help'."
cp rows.npy x.curves.svg
expect_usage "the rows" fit x.curves.svg -k 3 -o x --plot -- \
    "The output \"x.curves.svg\" would overwrite \"x.curves.svg\"; give it another name. Try 'cludi fit --help'."
mkdir d.curves.svg
expect_refused "a folder" "d.curves.svg" -- fit rows.npy -k 3 -o d --plot
expect_missing "a folder: no model" d
mkdir p.partial.curves.svg
expect_refused "a folder where those of a stopped run go" "p.partial.curves.svg" -- fit rows.npy -k 3 -o p --plot
expect_missing "a folder where those of a stopped run go: no model" p
finish
