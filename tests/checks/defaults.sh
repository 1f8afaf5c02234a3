#!/bin/bash
# defaults.sh CLUDI: the defaults that documents name are those of the parameter table. They stand in the table of parameters in
# docs/theory.md, which has all of them, in the options of README.md, and as `name` (value) anywhere. Run in the root.
set -euo pipefail
red=0
fail() { echo "$*" >&2 && red=1; }
declare -A default
while read -r name value; do
    default[${name//-/_}]=$value
done < <("$1" fit --help | sed -n '/^Training:/,/^Help:/p' | { tr '\n' ' ' && echo; } | sed 's/  --/\n--/g' |
    sed -nE 's/^--([a-z0-9-]+) .*\[([^],]+)[],].*/\1 \2/p')
[ "${#default[@]}" -gt 30 ] || fail "cludi fit --help shows ${#default[@]} parameters"
same() { # PLACE NAME VALUE
    local wanted=${default[${2//-/_}]:-}
    [ -n "$wanted" ] || { fail "$1: there is no parameter $2" && return; }
    [ "$3" = "$wanted" ] || [[ $3$wanted != *[a-z]*[a-z]* ]] && awk "BEGIN { exit !($3 + 0 == $wanted + 0) }" ||
        fail "$1: the default of $2 is $wanted, not $3"
}

declare -A listed=([seed]=1 [preset]=1 [method]=1)
while IFS='|' read -r _ _ name value _; do
    name=$(tr -d '` ' <<<"$name") && value=$(tr -d '` ' <<<"$value")
    listed[$name]=1
    same docs/theory.md "$name" "$value"
done < <(sed -n '/^## Parameters/,/^## /p' docs/theory.md | grep '^|.*`')
for name in "${!default[@]}"; do
    [ -n "${listed[$name]:-}" ] || fail "docs/theory.md: the table of parameters lacks $name"
done

while IFS=: read -r file line text; do
    name=${text#\`} && name=${name%%\`*} && value=${text##*(} && value=${value%)}
    [ -z "${default[$name]:-}" ] || same "$file:$line" "$name" "$value"
done < <(grep -noE '`[a-z0-9_]+` \([0-9][^ )]*\)' README.md docs/*.md src/*/README.md src/*/*/README.md)

# Rows such as | `--n-neighbors N`, `--neighbor-swap X` | 15, 0.5 | ... |; options that are no parameters have no default there.
while IFS='|' read -r _ options values _; do
    mapfile -t names < <(grep -oE -- '--[a-z0-9-]+' <<<"$options" | tr -d '\n' | sed 's/--/\n/g' | sed 1d)
    mapfile -t numbers < <(tr ',' '\n' <<<"$values" | tr -d ' ')
    for i in "${!names[@]}"; do
        [ -z "${default[${names[i]//-/_}]:-}" ] || [[ ${numbers[i]:-} != [0-9]* ]] || same README.md "${names[i]}" "${numbers[i]}"
    done
done < <(sed -n '/^| option of `fit`/,/^$/p' README.md | sed 's/\\|/,/g')
exit $red
