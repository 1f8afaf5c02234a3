#!/bin/bash
# no_network.sh FILE...: none of these files imports a function that opens a connection or starts a program. (fork alone starts none.)
# dlopen is for one file of our own: src/base/module.c. execv is for the program alone, in cli/study/run_child.c, where it starts
# this very program.
set -euo pipefail
red=0
for file in "$@"; do
    found=$(nm -D --undefined-only "$file" | awk '{ sub(/@.*/, "", $NF); print $NF }' |
        grep -xE 'socket(pair)?|connect|bind|listen|accept4?|send(to|msg|mmsg|file)?|recv(from|msg|mmsg)?|getaddrinfo|getnameinfo|gethostby.*|getservby.*|inet_.*|(__)?res_.*|curl_.*|SSL_.*|system|popen|exec[a-z]*|fexecve|posix_spawnp?|vfork|dlmopen' || true)
    [ "${file##*/}" != cludi ] || found=$(grep -vx execv <<<"$found" || true)
    [ -z "$found" ] || { echo "$file imports" $found >&2 && red=1; }
done
found=$(grep -rlE '\bdlopen *\(' src cli | grep -vx src/base/module.c || true)
[ -z "$found" ] || { echo "dlopen in" $found >&2 && red=1; }
found=$(grep -rnE '\bexecv *\(' src cli | grep -v '^cli/study/run_child.c:[0-9]*: *execv(PROGRAM, words);$' || true)
[ -z "$found" ] || { echo "execv in" $found >&2 && red=1; }
grep -qx 'static const char PROGRAM\[\] = "/proc/self/exe";' cli/study/run_child.c || { echo "cli/study/run_child.c starts another program" >&2 && red=1; }
exit $red
