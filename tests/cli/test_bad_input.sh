#!/bin/bash
# Each bad input: exit 1, nothing on stdout, one sentence that names the file and the place, no output file.
. "$(dirname "$0")/lib.sh"
fit() { # NAME WORD... -- DATA ARGUMENT...
    expect_refused "$@" -k 2 -o m "${SMALL[@]}" --quiet
    expect_missing "${1}: no model" m
}

groups good.npy 12
group_labels classes.npy 12
nan='\x00\x00\xc0\x7f'
infinity='\x00\x00\x80\x7f'
one='\x00\x00\x80\x3f'

fit "missing file" absent.npy "No such file" -- fit absent.npy
echo "these are words" >words.npy
fit "not an array" words.npy -- fit words.npy
: >empty.npy
fit "empty file" empty.npy -- fit empty.npy
head -c 170 good.npy >short.npy
fit "truncated" short.npy -- fit short.npy
head -c 40 good.npy >header.npy
fit "truncated header" header.npy -- fit header.npy
fit "wrong rank" classes.npy "(12,)" -- fit classes.npy
npy cube.npy '|i1' '(2, 2, 2)' < <(bytes 1 2 3 4 5 6 7 8)
fit "three dimensions" cube.npy "(2, 2, 2)" -- fit cube.npy
npy none.npy '|i1' '(0, 4)' </dev/null
fit "zero rows" none.npy "(0, 4)" -- fit none.npy
npy objects.npy '|O' '(2, 2)' < <(bytes 1 2 3 4)
fit "objects" objects.npy -- fit objects.npy
fit "a folder" "$WORK" -- fit "$WORK"
npy nan.npy '<f4' '(3, 2)' < <(printf "$one$one$one$nan$nan$one")
fit "NaN" nan.npy NaN "row 1" "column 1" -- fit nan.npy
npy infinity.npy '<f4' '(3, 2)' < <(printf "$one$one$one$one$infinity$nan")
fit "infinity" infinity.npy infinity "row 2" "column 0" -- fit infinity.npy

# How long a prediction lasts is not for a model's file to decide.
run fit good.npy -k 3 -o long "${SMALL[@]}" --draws 500 --denoise-steps 4 --labels classes.npy --quiet --allow-collapse
expect_code "many samples: what fit is asked for" 0
expect_refused "many samples" "draws 500 and denoise_steps 4" "asked for" -- predict long good.npy -o l.npy --quiet
expect_missing "many samples: no labels" l.npy
run predict long good.npy -o l.npy --draws 500 --denoise-steps 4 --quiet
expect_code "many samples: what predict is asked for" 0
run verify long good.npy
expect_code "many samples: verify" 0
rm long l.npy

# Names from outside: one line, no commands to the terminal, on stderr and on stdout.
expect_refused "name with controls" 'no\x0a\x1b[2J\x7f\xc2\x9b\xff.npy' -- info $'no\n\e[2J\x7f\xc2\x9b\xff.npy'
expect_refused "name with controls as output" 'no\x1b[2J/m' -- fit good.npy -k 3 -o $'no\e[2J/m' --steps 100000000
run --$'\e[2J\n'
expect_code "option with controls: exit code" 2
expect_words "option with controls: words" err '--\x1b[2J\x0a'
cp good.npy $'g\e[2J\n.npy'
run info $'g\e[2J\n.npy'
expect_code "info of a name with controls: exit code" 0
expect_words "info of a name with controls: words" out 'g\x1b[2J\x0a.npy'
run fit good.npy -k 3 -o $'m\e[2J' "${SMALL[@]}" --allow-collapse
expect_words "summary with controls" err 'model written to "m\x1b[2J"'
grep -q $'m\e' err && fail "summary with controls: none left" "$(cat -v err)" || ok "summary with controls: none left"

expect_refused "K > rows" good.npy 13 12 -- fit good.npy -k 13 -o m --quiet

# The labels, before the training.
expect_refused "labels missing" absent.npy -- fit good.npy -k 3 -o m --labels absent.npy --steps 100000000
expect_refused "labels of another rank" good.npy -- fit good.npy -k 3 -o m --labels good.npy --steps 100000000
labels few.npy 0 1 2
run fit good.npy -k 3 -o m --labels few.npy --steps 100000000
expect_code "labels of other rows: exit code" 1
expect_text "labels of other rows: stderr" err 'cludi: "few.npy" has 3 labels, but "good.npy" has 12 rows.'$'\n'
run eval few.npy classes.npy
expect_code "eval with other rows: exit code" 1
expect_text "eval with other rows: stderr" err \
    'cludi: "few.npy" has 3 labels, but "classes.npy" has 12; both must be about the same rows.'$'\n'
npy halves.npy '<f4' '(2,)' < <(printf '\x00\x00\x00\x3f\x00\x00\x00\x3f')
expect_refused "labels that are no whole numbers" halves.npy -- eval halves.npy halves.npy
expect_refused "eval without a file" absent.npy "No such file" -- eval absent.npy classes.npy
expect_refused "info without a file" absent.npy "No such file" -- info absent.npy
expect_refused "info of words" words.npy -- info words.npy

# The output, before the training.
expect_refused "folder of the output missing" no/m "No such file" -- fit good.npy -k 3 -o no/m --steps 100000000
expect_refused "folder of the output is a file" few.npy/m "Not a directory" -- fit good.npy -k 3 -o few.npy/m --steps 100000000
mkdir folder
expect_refused "output is a folder" folder "Is a directory" -- fit good.npy -k 3 -o folder --steps 100000000
expect_refused "output ends in a slash" new/ "Is a directory" -- fit good.npy -k 3 -o new/ --steps 100000000
if [ "$(id -u)" -ne 0 ]; then
    chmod a-w folder
    expect_refused "folder not writable" folder/m "Permission denied" -- fit good.npy -k 3 -o folder/m --steps 100000000
    cp few.npy locked && chmod a-w locked
    expect_refused "file not writable" locked "Permission denied" -- fit good.npy -k 3 -o locked --steps 100000000
else
    skip "folder not writable" "root may write anywhere"
fi

# A model and what is none.
run fit good.npy -k 3 -o model "${SMALL[@]}" --quiet --allow-collapse
expect_code "a model: exit code" 0
expect_refused "not a model" good.npy -- predict good.npy good.npy -o l.npy
expect_refused "model missing" absent "No such file" -- predict absent good.npy -o l.npy
head -c $(($(wc -c <model) - 8)) model >cut
expect_refused "truncated model" cut -- predict cut good.npy -o l.npy
npy wide.npy '|i1' '(2, 5)' < <(bytes 1 2 3 4 5 6 7 8 9 0)
expect_refused "another feature count" wide.npy 5 4 -- predict model wide.npy -o l.npy
npy nan4.npy '<f4' '(1, 4)' < <(printf "$one$one$nan$one")
expect_refused "NaN at predict" nan4.npy NaN "row 0" "column 2" -- predict model nan4.npy -o l.npy
expect_refused "output of predict" no/p.npy -- predict model good.npy -o l.npy --proba no/p.npy
expect_refused "embedding of predict" no/z.npy -- predict model good.npy -o l.npy --embedding no/z.npy
run predict model good.npy -o l.npy --denoise-steps 1001
expect_code "more denoising steps than the model has: exit code" 2
expect_words "more denoising steps than the model has: sentence" err denoise_steps 1001 1000 "Try 'cludi predict --help'."
expect_missing "no labels after all this" l.npy

# Rows of zeros are allowed.
npy zeros.npy '|i1' '(4, 2)' < <(bytes 0 0 5 1 0 0 1 5)
run fit zeros.npy -k 2 -o zero_model "${SMALL[@]}" --preprocessing unit --quiet --allow-collapse
expect_code "rows of zeros: fit" 0
expect_words "rows of zeros: said" err "2 of 4 rows are all zero"

# Where the model of a stopped run would go is looked at before the training too.
mkdir taken.partial
expect_refused "place of a partial model" taken.partial "Is a directory" -- fit good.npy -k 2 -o taken
long=$(printf '%0250d' 0)
expect_refused "name of a partial model" "File name too long" -- fit good.npy -k 2 -o "$long"
run predict zero_model zeros.npy -o l.npy --quiet
expect_code "rows of zeros: predict" 0
finish
