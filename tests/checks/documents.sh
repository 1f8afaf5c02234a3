#!/bin/bash
# documents.sh: files that documents and comments name are there, and so are the targets of links; lists of how to add one name every file
# that knows an existing one. Run in the root.
# Placeholders are in capitals; headers of others, a member called h, and files that only tests make are listed.
set -euo pipefail
others=' dnnl.h hdf5.h zlib.h cmocka.h features.h gpu.h cludi_reference.py vit_reference.py '
red=0
fail() { echo "$*" >&2 && red=1; }
names() { # lines of FILE:LINE:NAME
    grep -rnoE --include='*.md' '[A-Za-z0-9_.*{}/-]*\.(c|h|sh|py)\b' -- *.md cli docs src tests bench experiments || true
    grep -rnE --include='*.[ch]' '^(/\*|   )[^"#]*$' -- cli src tests bench include |
        grep -oP '^[^:]*:[0-9]*:|(?<![\w.>/])[a-z0-9_/]*[a-z0-9_]+\.[ch]\b' | awk '/:$/ { place = $0; next } { print place $0 }'
}
files=$(find . -type f -not -path './build*' -not -path './.git/*' -printf ' /%P')" "
while IFS=: read -r file line name; do
    case /$name in *[A-Z*{}]* | *'/.'* | /[a-z].[ch]) continue ;; esac
    [[ $files == *"/${name#/} "* || $others == *" ${name##*/} "* || $file == CHANGELOG.md ]] || fail "$file:$line: there is no $name"
done < <(names)

while IFS=: read -r file line target; do
    target=${target#*](} && target=${target%)}
    path=${target%%#*} && anchor=${target#"$path"}
    [ -z "$path" ] && path=$file || path=$(dirname "$file")/$path
    [ -e "$path" ] || { fail "$file:$line: the link to $target leads nowhere" && continue; }
    headings=$([ -d "$path" ] || sed -n 's/^##* //p' "$path" | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9_\n-')
    [ -z "$anchor" ] || grep -qx -- "${anchor#\#}" <<<"$headings" || fail "$file:$line: $path has no heading $anchor"
done < <(grep -rnoE --include='*.md' '\]\([^):]*\)' -- *.md cli docs src tests bench experiments)

# DOCUMENT "HEADING" SAMPLE OWN PATH...: that section names every file among the PATHs that has the word SAMPLE, but for its OWN files.
names_all() {
    local document=$1 section file
    section=$(sed -n "/^## $2/,/^## /p" "$document")
    [ -n "$section" ] || fail "$document has no section \"$2\""
    while read -r file; do
        [[ $file =~ $4 || $section == *"${file##*/}"* ]] || fail "$document, \"$2\": $file is not named (it has $3)"
    done < <(grep -rlIwiE --exclude-dir=figures -- "$3" "${@:5}" 2>/dev/null || true)
}
names_all CONTRIBUTING.md "To add a method" 'tsp|METHOD_TSP' 'tsp\.c|scan\.h|heads/README|results\.md' README.md docs include src cli python/cludi
names_all src/io/README.md "To add a format" 'idx|IDX_FORMAT' 'idx\.[ch]|io/README' README.md docs include src cli python/cludi tests/fuzz/make_corpus.sh
names_all src/backend/README.md "To add a backend" 'onednn_open|CLUDI_(WITH_)?ONEDNN|auto.*onednn' 'onednn/|core/help\.c|backend/README|docs/(theory|performance|determinism)|images\.md' \
    README.md docs include src cli python/cludi CMakeLists.txt cmake scripts
names_all src/backend/README.md "To add an operation" 'layer_norm' 'layer_norm\.c|vision/|backend/README' src tests/support tests/grad
names_all cli/README.md "To add a command" 'COMMAND_EVAL|cmd_eval|@OPTIONS eval|cludi eval' 'cmd_(eval|embed|fit)\.c|core/help\.c|images\.md|formats\.md|determinism\.md|ARCHITECTURE' cli docs README.md
# What docs/theory.md lists of the code.
while read -r key; do
    grep -q "^| .*.$key.[,\` ].*|" <(sed -n '/^| metadata key/,/^$/p' docs/theory.md) || fail "docs/theory.md, \"Model file\": $key is not named"
done < <(grep -oP '^        \{"\K[a-z_]+' src/api/model_file.c)
while read -r stream; do
    grep -qw "$stream" docs/theory.md || fail "docs/theory.md, \"Random streams\": $stream is not named"
done < <(grep -oE '^    RNG_[A-Z]+' src/base/rng.h | tr -d ' ')
version=$(grep -oP '[^_]FORMAT_VERSION\[\] = "\K[0-9]+' src/api/model_file.c)
grep -q "^| .format., .format_version. | .cludi-model., .$version. " docs/theory.md || fail "docs/theory.md: the model file has format version $version"
exit $red
