#!/bin/bash
# Outputs that cannot be written are found out before the work: each command refuses them before it even looks at its data, which are
# not there. What can be written through a link is.
. "$(dirname "$0")/lib.sh"
groups rows.npy 60
FIT=(fit rows.npy -k 3 "${SMALL[@]}" --threads 1 --quiet --allow-collapse)
run "${FIT[@]}" -o model
expect_code "a model" 0
mkdir folder place
touch file unwritable.npy
long=$(printf 'x%.0s' {1..300})
deep=$(printf '%.0sd/' {1..2040})

# SUFFIX: one of each kind, which would become an output under its name; ends as the suffix says.
plant() {
    ln -s missing/target "dangling$1"
    ln -s "loop$1" "loop$1"
    ln -s "ping$1" "pong$1" && ln -s "pong$1" "ping$1"
    mkdir "is$1"
}

# NAME COMMAND... with OUTPUT in it where the path goes; SUFFIX is that of the file that is really written.
expect_all_refused() {
    local name=$1 suffix=$2 words
    shift 2
    plant "$suffix"
    for words in "dangling|the folder \"missing/\": No such file or directory." "loop|Too many levels of symbolic links." \
        "ping|Too many levels of symbolic links." "is|Is a directory."; do
        expect_refused "$name: ${words%%|*}" "Cannot write \"${words%%|*}$suffix\"" "${words#*|}" -- \
            "${@//OUTPUT/${words%%|*}}"
    done
    rm -r "dangling$suffix" "loop$suffix" "ping$suffix" "pong$suffix" "is$suffix"
}
expect_place_refused() { # NAME COMMAND... with OUTPUT
    local name=$1
    shift
    expect_refused "$name: no folder" 'the folder "missing/": No such file or directory.' -- "${@//OUTPUT/missing\/x}"
    expect_refused "$name: a file on the way" "Not a directory" -- "${@//OUTPUT/file\/x}"
    expect_refused "$name: a long name" "File name too long" -- "${@//OUTPUT/$long}"
    expect_refused "$name: a long path" 'Cannot write "d/d/' -- "${@//OUTPUT/${deep}x}" # the sentence is cut
}

MORE=(-k 3 --quiet)
expect_all_refused "fit" "" fit absent.npy -o OUTPUT "${MORE[@]}"
expect_all_refused "fit, k-means" "" fit absent.npy -o OUTPUT "${MORE[@]}" --method kmeans
expect_all_refused "checkpoint" .checkpoint fit absent.npy -o OUTPUT "${MORE[@]}"
expect_all_refused "partial model" .partial fit absent.npy -o OUTPUT "${MORE[@]}"
expect_all_refused "curves" .curves.svg fit absent.npy -o OUTPUT "${MORE[@]}" --plot
expect_all_refused "partial curves" .partial.curves.svg fit absent.npy -o OUTPUT "${MORE[@]}" --plot
expect_all_refused "labels" .npy predict absent absent.npy -o OUTPUT.npy --quiet
expect_all_refused "labels, CSV" .csv predict absent absent.npy -o OUTPUT.csv --quiet
expect_all_refused "labels, .h5ad" .h5ad predict absent absent.npy -o OUTPUT.h5ad --quiet
expect_all_refused "probabilities" .npy predict absent absent.npy -o l.npy --proba OUTPUT.npy --quiet
expect_all_refused "embeddings" .npy predict absent absent.npy -o l.npy --embedding OUTPUT.npy --quiet
if ! "$CLUDI" embed absent absent -o x.npy 2>&1 | grep -q "built without"; then
    expect_all_refused "paths of images" .paths.txt embed absent absent -o OUTPUT.npy --quiet
    expect_all_refused "partial features" .npy.partial embed absent absent -o OUTPUT.npy --quiet
fi
expect_place_refused "fit" fit absent.npy -o OUTPUT "${MORE[@]}"
expect_place_refused "labels" predict absent absent.npy -o OUTPUT.npy --quiet
expect_refused "fit: a folder's name" "Is a directory." -- fit absent.npy -o place/ "${MORE[@]}"
expect_refused "fit: a name too long with its ending" ".partial\": File name too long." -- fit absent.npy -o "${long:0:250}" "${MORE[@]}"
expect_refused "fit: an input" 'Cannot write "/dev/fd/0": Bad file descriptor.' -- fit absent.npy -o /dev/fd/0 "${MORE[@]}"
expect_refused "fit: a closed descriptor" "Bad file descriptor." -- fit absent.npy -o /dev/fd/77 "${MORE[@]}"

# A study's folder, before its first run.
ln -s missing/target dangling && ln -s loop loop
for output in dangling loop file file/x missing/x; do
    expect_refused "compare: $output" "\"$output\"" -- compare rows.npy -k 3 -o $output --quiet
    expect_refused "sweep: $output" "\"$output\"" -- sweep rows.npy -k 3 --param noise_scale=2,3 -o $output --quiet
done
rm dangling loop

# Two names of one file that is not there yet.
ln -s same one && ln -s "$PWD/place/../same" two
expect_usage "two links to one file" predict absent absent.npy -o one --proba two --quiet -- \
    'The output "one" would overwrite "two"; give it another name. Try '\''cludi predict --help'\''.'
rm one two

# Through links that lead somewhere, also where nothing is yet.
ln -s place/new new && ln -s new again && ln -s place/old old && echo old >place/old
run "${FIT[@]}" -o again
expect_code "a link to a place" 0
expect_same "a link to a place: the model" place/new model
[ -L again ] && [ -L new ] && ok "a link to a place: it stays" || fail "a link to a place" "it was replaced"
run "${FIT[@]}" -o old
expect_same "a link to a file: the model" place/old model
[ -z "$(find . -name '.*cludi-*')" ] && ok "no rest" || fail "no rest" "$(find . -name '.*cludi-*')"
finish
