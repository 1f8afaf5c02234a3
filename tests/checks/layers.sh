#!/bin/bash
# The arrows of ARCHITECTURE.md go down only; one vendor header, one home; what the library may not call. Run in the root.
set -euo pipefail
red=0
fail() { echo "$*" >&2; red=1; }

# Folder -> folders whose headers it may include, besides its own and include/cludi.
declare -A sees=(
    [base]=""
    [io]="base"
    [eval]="base backend"
    [plot]="base"
    [backend]="base backend/ref backend/onednn"
    [backend/ref]="base backend"
    [backend/onednn]="base backend backend/ref"
    [nn]="base backend"
    [kmeans]="base backend"
    [neighbors]="base backend"
    [graph]="base backend"
    [discriminant]="base backend neighbors"
    [start]="base backend kmeans neighbors graph"
    [training_data]="base backend nn kmeans neighbors start"
    [methods]="base backend nn kmeans training_data"
    [methods/discriminant]="base backend neighbors start discriminant training_data methods"
    [methods/cludi]="base backend nn training_data methods"
    [methods/heads]="base backend nn training_data methods"
    [fit]="base backend nn training_data methods"
    [vision]="base backend io"
    [api]="base backend nn training_data methods fit eval plot io vision"
)
declare -A cli_sees=(
    [cli]="core"
    [cli/core]=""
    [cli/predict]="core"
    [cli/fit]="core predict"
    [cli/embed]="core"
    [cli/plan]="core fit predict"
    [cli/study]="core fit"
)
# Vendor header (pattern) -> files that may include it.
declare -A home=(
    [dnnl]="^src/backend/onednn/"
    [jansson]="^(src/(io/|api/stored_config)|cli/)"
    [zlib]="^src/io/"
    [zip\\.h]="^src/io/"
    [hdf5\\.h]="^src/io/(hdf5|h5ad)_"
    [vips]="^src/vision/image_vips"
    [Random123]="^src/base/"
    [popt]="^cli/"
    [omp\\.h]="^src/backend/onednn/"
)

declare -A folder_of # file stem -> folder
while read -r file; do
    stem=${file##*/} && stem=${stem%.*} && folder=${file#src/} && folder=${folder%/*}
    [ "${folder_of[$stem]:-$folder}" = "$folder" ] || fail "$file: src/${folder_of[$stem]} has a file of that name too"
    folder_of[$stem]=$folder
done < <(find src -name '*.[ch]' | sort)

check_quoted() { # FILE HEADER
    local folder=${1#src/} && folder=${folder%/*}
    local header=${2##*/} && local target=${folder_of[${header%.*}]:-}
    [ -n "${sees[$folder]+x}" ] || { fail "$1: src/$folder is not in the table of layers.sh" && return; }
    [ -f "src/$target/$header" ] || { fail "$1: \"$2\" is not a header of src/" && return; }
    [[ $2 != */* ]] || fail "$1: \"$2\": name the header alone, the folder is on the include path"
    [ "$target" = "$folder" ] || [[ " ${sees[$folder]} " == *" $target "* ]] ||
        fail "$1: src/$folder may not see src/$target (\"$2\")"
}

check_cli() { # FILE HEADER
    local folder=${1%/*} target
    [ -n "${cli_sees[$folder]+x}" ] || { fail "$1: $folder is not in the table of layers.sh" && return; }
    for target in "${folder#cli/}" ${cli_sees[$folder]}; do
        [ ! -f "cli/$target/$2" ] || return 0
    done
    fail "$1: a command includes <cludi/...> and headers of cli/ that $folder may see, not \"$2\""
}

while IFS=: read -r file line; do
    [[ $line =~ [\"\<]([^\"\>]*) ]] && header=${BASH_REMATCH[1]}
    case $file:$line in
    src/*\"*) check_quoted "$file" "$header" ;;
    cli/*\"*) check_cli "$file" "$header" ;;
    include/*\"*) fail "$file: public headers are included as <cludi/...>, not \"$header\"" ;;
    esac
    for vendor in "${!home[@]}"; do
        if [[ $header =~ ^(oneapi/dnnl/)?$vendor ]] && [[ ! $file =~ ${home[$vendor]} ]]; then
            fail "$file: <$header> may be included from ${home[$vendor]} only"
        fi
    done
done < <(grep -rE '^[[:space:]]*#[[:space:]]*include' --include='*.[ch]' src cli include)

# Files of a folder that need each other. A header without a .c of its name is part of the files that include it.
circles=$(find src cli -name '*.c' | cat - <(grep -rE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' --include='*.[ch]' src cli) | awk '
    function base(path) { sub(/.*\//, "", path); sub(/\.[ch]$/, "", path); return path }
    function folder(path) { sub(/\/[^\/]*$/, "", path); return path }
    function add(from, header, depth,    list, count, i) { # what from needs: the header, or what that one needs
        if (has_c[header]) {
            if (header != from) print from, header
        } else if (depth < 20) {
            count = split(needs[header], list, " ")
            for (i = 1; i <= count; i++) add(from, list[i], depth + 1)
        }
    }
    !/:/ { has_c[folder($0) "/" base($0)] = 1; next }
    { split($0, part, ":"); split($0, quoted, "\""); from = folder(part[1]) "/" base(part[1])
      needs[from] = needs[from] " " folder(part[1]) "/" base(quoted[2]) }
    END { for (from in has_c) { count = split(needs[from], list, " "); for (i = 1; i <= count; i++) add(from, list[i], 0) } }
' | tsort 2>&1 >/dev/null | grep -v 'contains a loop' | sed 's/.* //' | tr '\n' ' ' || true)
[ -z "$circles" ] || fail "these files need each other: $circles; what they share goes into a header below them"

# What a method has is asked (method_info() in cli, struct method in src), not read off its name.
compared=$(grep -rnE 'CLUDI_METHOD_[A-Z]|[ .>]method *[!=]= |METHOD_(CLUDI|KMEANS|SCAN|TEMI|TSP|SELF)' --include='*.[ch]' --include='*.py' \
    src cli python | grep -vE '^src/methods/' || true)
[ -z "$compared" ] || fail "methods are told apart by their names:"$'\n'"$compared"

# Calls, found in the text without comments and strings: FILE:LINE:TEXT.
text=$(find src -name '*.[ch]' -print0 | xargs -0 -r awk '
    FNR == 1 { comment = 0 }
    {
        rest = $0
        kept = ""
        while (rest != "") {
            if (comment) {
                end = index(rest, "*/")
                comment = !end
                rest = end ? substr(rest, end + 2) : ""
            } else if (match(rest, /"([^"\\]|\\.)*"|\/\*|\/\//)) {
                token = substr(rest, RSTART, 2)
                kept = kept substr(rest, 1, RSTART - 1) " "
                rest = token == "//" ? "" : substr(rest, RSTART + RLENGTH)
                comment = token == "/*"
            } else {
                kept = kept rest
                rest = ""
            }
        }
        print FILENAME ":" FNR ":" kept
    }')
forbid() { # PATTERN WHERE-ALLOWED REASON
    local hit
    hit=$(grep -E ":.*[^A-Za-z0-9_.>]($1)" <<<"$text" | grep -vE "^($2)" || true)
    [ -z "$hit" ] || fail "$3:"$'\n'"$hit"
}
never='$.'
forbid '(malloc|calloc|realloc|aligned_alloc|posix_memalign|strdup|free)[[:space:]]*\(' 'src/base/alloc\.c:' \
    "memory comes from base/alloc alone"
forbid '(v?f?printf|puts|fputs|putchar|perror)[[:space:]]*\(|std(out|err)\b' "$never" "the library never prints"
forbid '(_?exit|_Exit|abort|quick_exit)[[:space:]]*\(' "$never" "the library never ends the process"
forbid '(v?fork|_Fork|clone3?)[[:space:]]*\(' "$never" "the library makes no processes"
forbid '(s?rand|random|[dlm]rand48)[[:space:]]*\(' "$never" "random numbers come from base/rng alone"
forbid '#[[:space:]]*pragma[[:space:]]+omp' "$never" "loops are shared by base/parallel, not by OpenMP"
forbid 'pthread_create[[:space:]]*\(' 'src/(base/parallel|vision/decode_ahead)\.c:' \
    "threads are started by base/parallel and vision/decode_ahead alone"
exit $red
