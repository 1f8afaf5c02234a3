#!/bin/bash
# The scripts of experiments/ on a tiny set: what they print, what they leave, that they go on. noasan: Python loads the library.
. "$(dirname "$0")/lib.sh"
EXPERIMENTS=$HERE/../../experiments
PYTHON=${CLUDI_PYTHON:-/usr/bin/python3}
export CLUDI PYTHON PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$HERE/../../python CLUDI_LIBRARY=${CLUDI%/*}/libcludi.so
groups rows.npy 60
group_labels classes.npy 60
TINY=(--hidden-dim 16 --batch-size 16 --views 2 --teacher-steps 2 --init-runs 4 --steps 12 --seeds 1 --quiet)

# SCRIPT ARGUMENT...: as run does.
script() {
    local name=$1 shell=sh
    [[ $name == *.py ]] && shell=$PYTHON
    shift
    code=0
    "$shell" "$EXPERIMENTS/$name" "$@" >out 2>err </dev/null || code=$?
}

# NAME FILE WORD...: well-formed, with these words in it.
expect_picture() {
    expect_words "$@"
    command -v xmllint >/dev/null || { skip "$1: XML" "no xmllint" && return; }
    xmllint --noout "$2" && ok "$1: XML" || fail "$1: XML" "$2"
}

# ---- the sweeps ----
for line in "figure6_S1.sh class_weight 6 --embedding-dim=8" "figure7.sh embedding_dim 6 --draws=1" "figureS2_S3.sh embedding_dim 19 --draws=1"; do
    read -r name parameter count option <<<"$line"
    script "$name" rows.npy 3 classes.npy "$name.out" "${TINY[@]}" "$option"
    expect_code "$name" 0
    expect_words "$name: table" out "$parameter" NMI ACC ARI "The picture is $name.out/sweep.svg."
    [ "$(wc -l <"$name.out/sweep.csv")" -eq "$count" ] && ok "$name: runs" || fail "$name: runs" "$(cat "$name.out/sweep.csv")"
    expect_picture "$name: picture" "$name.out/sweep.svg" "$parameter: " "ARI (%)"
done
script figure7.sh rows.npy 3
expect_code "figure7.sh: usage" 2
expect_words "figure7.sh: usage" err "usage: figure7.sh DATA K LABELS OUT"

# ---- the tables ----
mkdir sets
cp rows.npy sets/imagenet50.npy
cp classes.npy sets/imagenet50.labels.npy
cp rows.npy sets/mine.npy
cp classes.npy sets/mine.labels.npy
if ! command -v "$PYTHON" >/dev/null; then
    skip "tables, figures 2 and 3" "no $PYTHON"
    finish
fi
OUT=tables script table1.sh sets --methods kmeans,cludi "${TINY[@]}" --embedding-dim 8
expect_code "table1.sh" 0
sed -n 's/^\(| imagenet50 (50) |.*73.2 |\).*/\1/p' out >row
expect_text "table1.sh: published" row "| imagenet50 (50) | 90.1 / 81.3 / 75.8 | 91.2 / 82.1 / 76.2 | 86.1 / 80.1 / 71.0 | 87.8 / 77.1 / 73.2 |"$'\n'
nmi=$(sed -n 's/^cludi,0,done,\([0-9.]*\),.*/\1/p' tables/imagenet50/compare.csv)
grep '^| imagenet50' out | grep -qF "**$(LC_ALL=C printf '%.1f' "$(awk "BEGIN { print 100 * $nmi }")") / " && ok "table1.sh: here" || fail "table1.sh: here" "$(cat out)"
expect_words "table1.sh: the rest" out "| cifar10 (10) |" "run \`experiments/table1.sh DIR\`" "mine, 60 x 4, K = 3:" "| kmeans |  | 100.0 / 100.0 / 100.0 |"
OUT=tables script table1.sh sets --methods kmeans,cludi --hidden-dim 16 --batch-size 16 --views 2 --teacher-steps 2 --init-runs 4 --steps 12 --seeds 1 --embedding-dim 8
expect_words "table1.sh: goes on" err "2 of 2 runs were done before" "imagenet50: K = 3"
script table1.sh nowhere
expect_code "table1.sh: usage" 2
if "$PYTHON" "$HERE/sample_images.py" samples && "$PYTHON" "$HERE/tiny_vit.py" tiny.safetensors && "$CLUDI" embed tiny.safetensors samples/good/rgb.png -o one.npy --quiet 2>/dev/null; then
    for class in cats dogs; do
        mkdir -p "images/pets/$class"
        for ((i = 0; i < 3; i++)); do cp "samples/upright/$(ls samples/upright | sed -n $((i + 1))p)" "images/pets/$class/"; done
    done
    OUT=pets script table1.sh images --methods kmeans --seeds 1 --quiet
    expect_code "table1.sh: images without weights" 2
    expect_words "table1.sh: images without weights" err "let WEIGHTS name"
    WEIGHTS=tiny.safetensors OUT=pets script table1.sh images --methods kmeans --seeds 1 --quiet
    expect_code "table1.sh: images" 0
    expect_words "table1.sh: images" out "pets, 6 x 48, K = 2:"
else
    skip "table1.sh: images" "this build has no libvips"
fi

# ---- figures 2 and 3 ----
if ! "$PYTHON" -c "import numpy" 2>/dev/null; then
    skip "figures 2 and 3" "$PYTHON has no numpy"
    finish
fi
script figure3.py schedule
expect_code "figure3.py" 0
# S1 by hand: f(r) = 1 - sqrt(r + 1e-4), so ab[t] = f(t / T) / f(0) until the clip.
expect_words "figure3.py: table" out "   500        0.3     0.296 " "  1000    4.5e-07 " "The picture is schedule/figure3.svg."
expect_picture "figure3.py: picture" schedule/figure3.svg "Noise schedule" "alpha-bar" "F = 5"
FIGURE2=(figure2.py rows.npy 3 classes.npy samples --seeds 2 "${SMALL[@]}" --quiet)
script "${FIGURE2[@]}" --draws 1,2
expect_code "figure2.py" 0
expect_words "figure2.py: table" out "draws" "clean ACC (sd)" "corrupted ACC (sd)" "The picture is samples/figure2.svg."
[ "$(wc -l <samples/figure2.csv)" -eq 9 ] && ok "figure2.py: runs" || fail "figure2.py: runs" "$(cat samples/figure2.csv)"
expect_picture "figure2.py: picture" samples/figure2.svg clean corrupted "ACC (%)"
"$CLUDI" predict samples/model.safetensors rows.npy -o labels.npy --draws 2 --seed 1 --quiet
acc=$("$CLUDI" eval classes.npy labels.npy | sed -n 's/^ACC *\([0-9.]*\) %/\1/p')
grep '^clean,2,1,' samples/figure2.csv | awk -F , '{ printf "%.1f\n", 100 * $4 }' >found
expect_text "figure2.py: the numbers of predict and eval" found "$acc"$'\n'
cp samples/figure2.csv before.csv
script "${FIGURE2[@]}" --draws 1,2,4
expect_code "figure2.py: more samples" 0
expect_same "figure2.py: what was done is kept" <(head -n 9 samples/figure2.csv) before.csv
[ "$(wc -l <samples/figure2.csv)" -eq 13 ] && ok "figure2.py: and not done again" || fail "figure2.py: and not done again" "$(cat samples/figure2.csv)"
script figure2.py rows.npy 3 classes.npy samples --seeds 2 "${SMALL[@]}" --seed 5
expect_code "figure2.py: another request" 1
expect_words "figure2.py: another request" err "Name another folder."
finish
