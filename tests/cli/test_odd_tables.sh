#!/bin/bash
# Odd and hostile .npz and CSV files, each with its verdict, as test_odd_files.sh has them for the other formats: exit code 0,
# or 1 with one line; no signal, under 2 seconds and 80 MiB.
. "$(dirname "$0")/lib.sh"
. "$HERE/peak.sh"
. "$HERE/odd.sh"
command -v python3 >/dev/null || { skip "odd tables" "no python3" && exit 77; }
grep -aq "built without libzip" "$CLUDI" && zips=no || zips=yes

# ---- .npz ----
python3 "$HERE/odd_zips.py" || exit 1
if [ $zips = yes ]; then
    for file in zip-good-*; do read_ "$file:a"; done
    for file in zip-bad-*; do refused "$file:a"; done
    for file in zip-late-*; do read_ "$file:a" && refuse_fit "$file:a"; done
    read_ zip-good-stored && refused zip-many && read_ zip-many:array65534 && refused zip-many:absent
    refused zip-bomb-short:a && refused zip-bomb-header:a && read_ zip-bomb:a
    refused zip-none && refused zip-text
    for key in '' ':' '*' 'a.npy.npy' $'\e[2J' "$(printf 'k%.0s' {1..3000})"; do refused "zip-good-stored:$key" "key ${key:0:20}"; done
fi

# ---- CSV ----
csv() { printf "$2" >csv-"$1"; }
good() { csv "$@" && read_ csv-"$1"; }
bad() { csv "$@" && refused csv-"$1"; } # already when rows are counted
late() { csv "$@" && refuse_fit csv-"$1"; } # read by no one who wants numbers
good plain '1,2\n3,4\n' && good crlf '1,2\r\n3,4\r\n' && good cr '1,2\r3,4\r' && good no-end '1,2\n3,4' && good tabs '1\t2\n3\t4\n'
good semicolons '1;2\n3;4\n' && good mark '\xef\xbb\xbfa,b\n1,2\n' && good blanks ' 1 , 2 \n3,4\n' && good quoted '"1","2"\n"3","4"\n'
good lines-behind '1,2\n3,4\n\n\n\r\n' && good one '1\n' && good names '"a,b","c ""d""","e\nf"\n1,2,3\n' && good numbers-as-names 'x,1,2\n1,2,3\n'
good huge '1e400,-1e400\n1e-400,0\n' && good unicode '\xc3\xa4,\xe2\x82\xac\n1,2\n' && good nan 'nan,inf\n1,2\n'
bad ragged '1,2\n3\n' && bad ragged-more '1,2\n3,4,5\n' && bad trailing '1,2\n3,4,\n' && bad gap '1,2\n\n3,4\n' && bad open '1,"2\n3,4\n'
bad behind '1,"2"3\n' && bad header-alone 'a,b\n' && bad header-no-end 'a,b' && bad mixed 'a,1.5\n1,2\n' && bad nul '1,2\n3,\0\n' && bad first-nul '\0'
bad utf16le '\xff\xfe1\0,\0002\0\n\0' && bad utf16be '\xfe\xff\0001\0,\0002\0\n' && bad utf32 '\xff\xfe\0\0001\0\0\0' && bad control 'a\x1b[2J,b\n1,2\n'
bad newlines '\n\n\n' && bad delete '1,\x7f\n' && bad quote '"' && bad word 'hello'
late text '1,2\n3,x\n' && late empty-cell '1,2\n3,\n' && late hex 'a,b\n0x1p3,2\n1,2\n' && late comma 'a;b\n1,5;2\n3;4\n' && late percent '1,2\n3,4%%\n'
late blank-number '1,2\n3,4 5\n' && late plus '1,2\n3,+-4\n' && late exponent '1,2\n3,4e\n' && late thousands '1,2\n3,"4,000"\n' && late escape '1,2\n3,\xff\xfe\n'
late infinite '1,2\n3,1e400\n' && late not-a-number '1,2\n3,nan\n' && late one-row '1,2\n'
printf 'a,b\n%s,2\n' "$(printf '9%.0s' {1..600})" >csv-long-number && refuse_fit csv-long-number
ids() { run_measured fit csv-ids --id-column "$1" -k 2 -o none "${SMALL[@]}" --quiet && expect_end "ids $1" 1 && cases=$((cases + 1)); }
printf 'id,x,x\na,1,2\nb,3,4\n' >csv-ids && ids missing && ids x && ids $'\e[2J'
refused csv-ids:missing && refused csv-ids:x && refused csv-plain:a && refused csv-plain:
printf 'id\na\nb\n' >csv-ids && ids id # no feature is left
truncate -s 1G csv-holes && refused csv-holes
{ printf '1,2\n' && head -c 4194304 /dev/zero | tr '\0' x; } >csv-letters && refused csv-letters
head -c 100000000 /dev/zero | tr '\0' 1 >csv-line && refuse_fit csv-line
{ head -c 1999999 /dev/zero | sed 's/\x00\x00/1,/g; s/\x00/1\n/'; } >csv-wide && read_ csv-wide
{ printf '"' && head -c 33554432 /dev/zero | tr '\0' 'x'; } >csv-quote && refused csv-quote
{ printf '1\n' && head -c 4194304 /dev/zero | tr '\0' '\n'; } >csv-ends && read_ csv-ends
[ $cases -ge 90 ] && ok "$cases files" || fail "files" "only $cases"
finish
