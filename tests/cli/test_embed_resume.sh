#!/bin/bash
# An embed that was interrupted goes on with --resume to the files of one that was not. noasan: signals between steps of a fast program.
. "$(dirname "$0")/lib.sh"
set -m # without it bash starts background jobs with SIGINT ignored
python3 -c '' 2>/dev/null || { skip embed "python3 is not there to make images" && exit 77; }
python3 "$HERE/sample_images.py" samples && python3 "$HERE/tiny_vit.py" tiny.safetensors && python3 "$HERE/tiny_vit.py" other.safetensors 1 || exit 1
mkdir -p many/a many/b more/c && cp samples/good/rgb.png more/c/
for ((i = 0; i < 600; i++)); do
    name=rgb.png
    [ $((i % 7)) -eq 3 ] && name=gray.jpg
    [ $((i % 100)) -eq 5 ] && name=../broken/cut.png
    ln -s "../../samples/good/$name" "many/$([ $((i % 2)) -eq 0 ] && echo a || echo b)/$i.png"
done
EMBED=(embed tiny.safetensors many --labels-from-folders --backend ref --precision f32 --threads 1 --image-size 96)
run "${EMBED[@]}" -o whole.npy --quiet
grep -q "has no libvips" err && { skip embed "this build has no libvips" && exit 77; }
expect_code "the whole run" 3
FILES=(npy paths.txt labels.npy classes.txt)
clear_all() { rm -f f.* .f*; }

# SIGNAL ARGUMENT...: starts an embed and stops it when it has rows. That it stops within two seconds, test_long_stop.sh wants.
interrupt() {
    local signal=$1 program try
    shift
    has_rows() { [ "$(stat -c %s f.npy.partial || echo 0)" -gt 64 ]; }
    for ((try = 0; try < 10; try++)); do # on a busy machine it may be through before its rows are seen
        clear_all
        "$CLUDI" "$@" >out 2>err &
        program=$!
        wait_until $program has_rows
        kill -s "$signal" $program
        code=0
        wait $program 2>/dev/null || code=$?
        [ $code -eq 3 ] || break
    done
}
compare() {
    local file
    for file in "${FILES[@]}"; do expect_same "$1: $file" "f.$file" "whole.$file"; done
    expect_missing "$1: the partial file is gone" f.npy.partial
}

for signal in INT TERM; do
    clear_all
    interrupt $signal "${EMBED[@]}" -o f.npy
    expect_code "$signal: exit code" $([ $signal = INT ] && echo 130 || echo 143)
    expect_words "$signal: sentence" err "cludi: Stopped after " " of 600 images; the same command with --resume continues."
    for file in "${FILES[@]}"; do expect_missing "$signal: no f.$file" "f.$file"; done
    run "${EMBED[@]}" -o f.npy --resume --threads 2 --batch 7
    expect_code "$signal: the rest" 3
    expect_words "$signal: it says so" err "cludi: Going on after image " "; 6 skipped"
    compare $signal
done
for ((round = 0; round < 2; round++)); do
    clear_all
    interrupt KILL "${EMBED[@]}" -o f.npy --quiet
    expect_code "kill -9, round $round" 137
    run "${EMBED[@]}" -o f.npy --resume --quiet
    compare "kill -9, round $round"
done

# What is no record at the end of the file is dropped, whatever it is.
clear_all
interrupt TERM "${EMBED[@]}" -o f.npy --quiet
cp f.npy.partial kept
size=$(stat -c %s kept)
for damage in "head -c $((size - 100)) kept" "head -c 64 kept" "head -c 63 kept" "cat kept kept" "head -c $size kept; head -c 1000 /dev/zero" "head -c $((size - 8)) kept; printf 12345678"; do
    bash -c "$damage" >f.npy.partial
    run "${EMBED[@]}" -o f.npy --resume --quiet
    expect_code "$damage" 3
    compare "$damage"
done

# Others are refused, and the file stays.
refused() { # NAME ARGUMENT...
    local name=$1
    shift
    cp kept f.npy.partial
    expect_refused "$name" '"f.npy.partial" is from a run with other images, weights or settings' -- "$@" -o f.npy --resume
    expect_same "$name: the file stays" f.npy.partial kept
}
clear_all
refused "other weights" embed other.safetensors "${EMBED[@]:2}"
refused "other images" "${EMBED[@]}" more
refused "another pool" "${EMBED[@]}" --pool mean
refused "another size" "${EMBED[@]}" --image-size 64
cp kept f.npy.partial
run "${EMBED[@]}" -o f.npy
expect_words "without --resume: a note" err 'cludi: Note: "f.npy.partial" is from an unfinished run and will be replaced; --resume would continue it.'
compare "without --resume"
run "${EMBED[@]}" -o f.npy --resume --quiet
compare "--resume with nothing to go on from"

# Two at once.
clear_all
"$CLUDI" "${EMBED[@]}" -o f.npy --quiet 2>/dev/null &
program=$!
wait_until $program test -s f.npy.partial && hold_still $program || fail "two at once" "the first ended too early"
expect_refused "two at once" 'Another cludi is writing to "f.npy".' -- "${EMBED[@]}" -o f.npy --resume --quiet
for name in f.npy.partial f.paths.txt f.labels.npy f.classes.txt; do
    ln -sf $name to_it
    expect_refused "its $name, of fit" 'Another cludi is writing to "to_it".' -- fit whole.npy -k 3 --method kmeans -o to_it --quiet
done
go_on $program
compare "two at once"

# A file that others know by another name is not written over.
clear_all
echo precious >important
ln important f.npy.partial
run "${EMBED[@]}" -o f.npy --quiet
expect_code "a hard link" 1
expect_words "a hard link: sentence" err 'cludi: Cannot write "f.npy.partial": it is a file with another name too.'
[ "$(cat important)" = precious ] && ok "a hard link: untouched" || fail "a hard link" "$(cat important)"
rm important

# A full disk: the rows so far stay.
clear_all
code=0
(ulimit -f 64 && exec "$CLUDI" "${EMBED[@]}" -o f.npy --quiet) >out 2>err </dev/null || code=$?
expect_code "size limit: exit code" 1
expect_words "size limit: sentence" err 'Cannot write "f.npy.partial": File too large.'
run "${EMBED[@]}" -o f.npy --resume --quiet
compare "size limit, then room"

# --strict, the image mended, and on.
clear_all
ln -sf ../../samples/broken/cut.png many/a/400.png
run "${EMBED[@]}" -o f.npy --quiet --strict
expect_code "--strict" 1
expect_missing "--strict: no features" f.npy
finish
