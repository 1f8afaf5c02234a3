#!/bin/bash
# A trained model whose place is full goes where temporary files go: into a new file that its owner alone may read, under a name that
# nobody can foresee, and never through a link.
. "$(dirname "$0")/lib.sh"
[ -c /dev/full ] || { skip "rescue" "there is no /dev/full"; exit 77; }
groups rows.npy 60
FIT=(fit rows.npy -k 3 "${SMALL[@]}" --threads 1 --quiet --allow-collapse)
run "${FIT[@]}" -o whole
mkdir shared && chmod 1777 shared && echo precious >important
export TMPDIR=$WORK/shared

# NAME: the last run failed, and left one model, and that is as it should be.
expect_rescued() {
    local files=(shared/cludi-rescued-??????.safetensors)
    expect_code "$1: exit code" 1
    expect_text "$1: sentences" err "cludi: Cannot write \"/dev/full\": No space left on device.
cludi: The trained model is kept in \"$PWD/${files[-1]}\"."$'\n'
    [ "$(stat -c '%a %h %F' "${files[-1]}")" = "600 1 regular file" ] && ok "$1: mode" || fail "$1: mode" "$(stat -c '%a %h %F' "${files[-1]}")"
    expect_same "$1: the model" "${files[-1]}" whole
    rm "${files[@]}"
}

for mask in 000 022 077 777; do
    code=0
    (umask $mask && exec "$CLUDI" "${FIT[@]}" -o /dev/full) >out 2>err </dev/null || code=$?
    expect_rescued "umask $mask"
done

# Links of the names of before, by number of the process.
for ((i = 1; i < 60; i++)); do ln -s "$WORK/important" "shared/cludi-rescued-$(($$ + i)).safetensors"; done
run "${FIT[@]}" -o /dev/full
find shared -type l -delete
expect_rescued "planted links"
[ "$(cat important)" = precious ] && ok "planted links: untouched" || fail "planted links" "one was followed"

# No two have one name.
run "${FIT[@]}" -o /dev/full && run "${FIT[@]}" -o /dev/full
[ "$(ls shared | wc -l)" -eq 2 ] && ok "two models" || fail "two models" "$(ls shared)"
rm shared/*

export TMPDIR=$WORK/absent
run "${FIT[@]}" -o /dev/full
expect_text "nowhere to go" err "cludi: Cannot write \"/dev/full\": No space left on device.
cludi: The trained model could not be kept in \"$TMPDIR\" either: No such file or directory."$'\n'
expect_code "nowhere to go: exit code" 1

# As a user who is not root, in a folder of root's.
if [ "$(id -u)" -eq 0 ]; then
    chmod 755 . && export TMPDIR=$WORK/shared
    if setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$CLUDI" 2>/dev/null; then
        code=0
        setpriv --reuid 65534 --regid 65534 --clear-groups "$CLUDI" "${FIT[@]}" -o /dev/full >out 2>err </dev/null || code=$?
        expect_rescued "another user"
        # A stranger's links where the outputs go: the kernel would refuse to follow them.
        mkdir public && chmod 1777 public
        for name in m.checkpoint n o.npy; do
            ln -s "$WORK/important" public/$name && chown -h 65534 public/$name
        done
        expect_refused "a stranger's link, checkpoint" '"public/m.checkpoint": Permission denied.' -- "${FIT[@]}" -o public/m
        expect_refused "a stranger's link, model" '"public/n": Permission denied.' -- "${FIT[@]}" -o public/n
        expect_refused "a stranger's link, labels" '"public/o.npy": Permission denied.' -- predict whole rows.npy -o public/o.npy --quiet
        [ "$(cat important)" = precious ] && ok "a stranger's link: untouched" || fail "a stranger's link" "followed"
        chown -h 0 public/n
        run "${FIT[@]}" -o public/n
        expect_same "one's own link" important whole
    else
        skip "another user" "the program is out of reach of other users"
    fi
fi
finish
