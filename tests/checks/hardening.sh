#!/bin/bash
# hardening.sh BUILD-TYPE FILE...: what the compiler and the linker were asked for to make mistakes harder to use is in the ELF
# files: position-independent, no writable code, no executable stack, no relocations after the start, stack protector, fortified
# calls (not in Debug, which does not optimize), and on x86 indirect branch targets.
set -euo pipefail
type=$1
shift
red=0
wants() { # FILE WHAT PATTERN <<<TEXT
    grep -qE "$3" || { echo "$1: $2" >&2 && red=1; }
}
for file in "$@"; do
    head=$(readelf -hW "$file") segments=$(readelf -lW "$file") dynamic=$(readelf -dW "$file")
    symbols=$(nm -D --undefined-only "$file")
    wants "$file" "not position-independent" 'Type: *DYN' <<<"$head"
    wants "$file" "no GNU_RELRO" 'GNU_RELRO' <<<"$segments"
    wants "$file" "symbols are bound late (no BIND_NOW)" 'BIND_NOW|FLAGS_1.*NOW' <<<"$dynamic"
    wants "$file" "its stack is executable" 'GNU_STACK.* RW ' <<<"$segments"
    wants "$file" "no stack protector" '__stack_chk_fail' <<<"$symbols"
    ! grep -qE 'LOAD.* RWE ' <<<"$segments" || { echo "$file: writable code" >&2 && red=1; }
    ! grep -q TEXTREL <<<"$dynamic" || { echo "$file: text relocations" >&2 && red=1; }
    [ "$type" = Debug ] || wants "$file" "no fortified calls" '_chk(@|$)' < <(grep -v __stack_chk <<<"$symbols")
    # Not in the notes: those say it only when the C library's own start files are built so too.
    [ "$(uname -m)" != x86_64 ] || [ "$(objdump -d "$file" | grep -c endbr64)" -ge 20 ] ||
        { echo "$file: no branch protection" >&2 && red=1; }
done
exit $red
