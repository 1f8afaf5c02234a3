#!/bin/bash
# Sees every check of the sources red: breaks one thing in a copy of the tree and wants the check to fail, naming it.
set -euo pipefail
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
for folder in include src cli python tests bench examples experiments scripts tools docs cmake .clang-format CMakeLists.txt VERSION LICENSE CITATION.cff *.md; do cp -r $folder "$temp/"; done
cd "$temp"
red=0
# wants CHECK WORDS FILE TEXT: with TEXT appended to FILE, CHECK fails and says WORDS.
wants() {
    local check=$1 words=$2 file=$3 text=$4 said
    mkdir -p "${file%/*}"
    [ -e "$file" ] && cp "$file" "$temp/kept" || rm -f "$temp/kept"
    printf '%b\n' "$text" >>"$file"
    # shellcheck disable=SC2086
    if said=$(bash tests/checks/$check 2>&1); then
        echo "$check stays green with this in $file: $text" >&2 && red=1
    elif [[ $said != *"$words"* ]]; then
        printf '%s is red for another reason than "%s":\n%s\n' "$check" "$words" "$said" >&2 && red=1
    fi
    if [ -e "$temp/kept" ]; then mv "$temp/kept" "$file"; else rm "$file" && rmdir --ignore-fail-on-non-empty "${file%/*}"; fi
}
lines() { # COUNT TEXT
    for ((i = 0; i < $1; i++)); do printf '%s\\n' "$2"; done
}

wants layers.sh "may not see src/methods/cludi" src/nn/linear.c '#include "denoiser.h"'
wants layers.sh "may not see src/io" src/methods/cludi/denoiser.c '#include "npy.h"'
wants layers.sh "is not in the table" src/new/one.c '#include "alloc.h"'
wants layers.sh "has a file of that name too" src/nn/alloc.c ''
wants layers.sh "not a header of src/" src/nn/linear.c '#include "nowhere.h"'
wants layers.sh "headers of cli/" cli/main.c '#include "alloc.h"'
wants layers.sh "headers of cli/" cli/core/options.c '#include "fit_request.h"'
wants layers.sh "cli/new is not in the table" cli/new/one.c '#include "complain.h"'
wants layers.sh "included as <cludi/...>" include/cludi/cludi.h '#include "alloc.h"'
wants layers.sh "these files need each other: src/nn/" src/nn/linear.c '#include "mlp_head.h"'
wants layers.sh "told apart by their names" cli/fit/fit_report.c 'int f(int x)\n{\n    return x == CLUDI_METHOD_SCAN;\n}'
wants layers.sh "told apart by their names" python/cludi/_model.py 'x = info.config.method != 0'
for vendor in dnnl.h jansson.h zlib.h zip.h hdf5.h vips/vips.h Random123/philox.h popt.h omp.h; do
    wants layers.sh "<$vendor> may be included from" src/eval/rand_index.c "#include <$vendor>"
done
wants layers.sh "memory comes from base/alloc" src/nn/linear.c 'void *f(void)\n{\n    return malloc(1);\n}'
wants layers.sh "never prints" src/nn/linear.c 'void f(void)\n{\n    printf("x");\n}'
wants layers.sh "never prints" src/nn/linear.c 'void f(void)\n{\n    fputc(1, stderr);\n}'
wants layers.sh "never ends the process" src/nn/linear.c 'void f(void)\n{\n    exit(1);\n}'
wants layers.sh "random numbers come" src/nn/linear.c 'int f(void)\n{\n    return rand();\n}'
wants layers.sh "not by OpenMP" src/nn/linear.c '#pragma omp parallel'
wants layers.sh "threads are started by" src/nn/linear.c 'int f(void)\n{\n    return pthread_create(0, 0, 0, 0);\n}'
wants sizes.sh "more than 500 lines" scripts/demo.sh "$(lines 500 '#')"
wants sizes.sh "more than 500 lines" python/cludi/metrics.py "$(lines 500 '#')"
wants sizes.sh "61 lines: int f" src/nn/linear.c "int f(void)\n{\n$(lines 58 '    ;')}"
wants format.sh "clang-formatted" src/nn/linear.c 'int  f ;'
wants headers.sh "alone.h" include/cludi/alone.h 'size_t f(void);'
wants headers.sh "alone.h" include/cludi/alone.h 'struct class { int new; };\nint f(struct class *new);'

wants version.sh "@since 0.99" include/cludi/matrix.h '/* @since 0.99 */'
wants version.sh "not MAJOR.MINOR.PATCH" ./VERSION '.1'
wants version.sh "not the next one" ./CHANGELOG.md "## [$(<VERSION)] - today"
wants version.sh "has 99.0.0" ./CHANGELOG.md '## [99.0.0] - today'
wants version.sh "CLUDI_VERSION_MAJOR, _MINOR, _PATCH" include/cludi/version.h '#define CLUDI_VERSION_MINOR 9'
wants version.sh "_version.py has" python/cludi/_version.py '__version__ = "9.9.9"'

# Checks of what is built, on a program with one thing wrong.
refuses() { # WORDS CHECK SOURCE FLAG...
    local words=$1 check=$2 source=$3 said
    shift 3
    echo "$source" | gcc -O2 -fPIE -pie -fstack-protector-all -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fcf-protection \
        -Wl,-z,relro,-z,now,-z,noexecstack -x c - -o wrong "$@"
    # shellcheck disable=SC2086
    if said=$(bash tests/checks/$check "$temp/wrong" 2>&1); then
        [ "$words" = nothing ] || { echo "$check stays green without: $words" >&2 && red=1; }
    elif [[ $said != *"wrong"*"$words"* ]]; then
        printf '%s is red for another reason than "%s":\n%s\n' "$check" "$words" "$said" >&2 && red=1
    fi
}
good='#include <stdio.h>
#define F(n) int f##n(void) { return n; }
#define G(n) F(n##0) F(n##1) F(n##2) F(n##3) F(n##4) F(n##5) F(n##6) F(n##7) F(n##8) F(n##9)
G(1) G(2) int main(int count, char **words) { char text[9]; sprintf(text, words[0], count); return puts(text); }'
harden="hardening.sh Release"
refuses nothing "$harden" "$good"
refuses "not position-independent" "$harden" "$good" -fno-pie -no-pie
refuses "no GNU_RELRO" "$harden" "$good" -Wl,-z,norelro
refuses "bound late" "$harden" "$good" -Wl,-z,lazy
refuses "stack is executable" "$harden" "$good" -Wl,-z,execstack
refuses "no stack protector" "$harden" "$good" -fno-stack-protector
refuses "no fortified calls" "$harden" "$good" -U_FORTIFY_SOURCE
[ "$(uname -m)" != x86_64 ] || refuses "no branch protection" "$harden" "$good" -fcf-protection=none
refuses nothing run_paths.sh "$good" -Wl,-rpath,/usr/lib
for path in : /usr/lib: :/usr/lib /usr/lib::/lib; do refuses "has an empty element" run_paths.sh "$good" "-Wl,-rpath,$path"; done
# shellcheck disable=SC2016
for path in . lib 'lib/$ORIGIN'; do refuses "has a relative element" run_paths.sh "$good" "-Wl,-rpath,$path"; done
# shellcheck disable=SC2016
refuses "leads out of" run_paths.sh "$good" '-Wl,-rpath,$ORIGIN/../lib'
refuses "that others may write to" run_paths.sh "$good" -Wl,-rpath,/tmp/lib
refuses "that others may write to" run_paths.sh "$good" -Wl,-rpath,/tmp,--disable-new-dtags
refuses nothing no_network.sh "$good"
refuses "imports socket" no_network.sh 'int socket(int, int, int); int main(void) { return socket(1, 2, 3); }'
refuses "imports execv" no_network.sh 'int execv(void); int main(void) { return execv(); }'
wants documents.sh "there is no src/fit/trainer.c" docs/theory.md "| S5 | src/fit/trainer.c |"
wants documents.sh "there is no trainer.c" src/nn/linear.c "/* As trainer.c does it. */"
wants documents.sh "leads nowhere" docs/theory.md "[the loop](../src/fit/README.md)"
wants documents.sh "has no heading" docs/theory.md "[the loop](recipe.md#the-loop)"
wants documents.sh "src/fit/model.c is not named" src/fit/model.c "/* tsp */"
wants documents.sh "src/io/npy.c is not named" src/io/npy.c "/* IDX */"
wants documents.sh "cli/core/help.h is not named" cli/core/help.h "/* COMMAND_EVAL */"
wants documents.sh "rate is not named" src/api/model_file.c '        {"rate", number[0]},'
wants documents.sh "RNG_OTHER is not named" src/base/rng.h "    RNG_OTHER = 99,"
wants no_network.sh "execv in" cli/main.c 'int other(void) { return execv("/bin/true", NULL); }'
wants no_network.sh "execv in" cli/study/run_child.c 'int other(char **words) { return execv(words[0], words); }'
refuses "imports getaddrinfo" no_network.sh 'int getaddrinfo(void); int main(void) { return getaddrinfo(); }'
exit $red
