#!/bin/bash
# Odd and malformed files, each with its verdict: info reads it, or refuses it with exit code 1 and one line; no signal, under
# 2 seconds and 64 MiB, whatever it says. What is read by info but is no data set is refused by fit in the same way.
. "$(dirname "$0")/lib.sh"
. "$HERE/peak.sh"
. "$HERE/odd.sh"

no_data() { # read by info, but nothing to fit
    read_ "$1"
    run_measured fit "$1" -k 2 -o none "${SMALL[@]}" --quiet && expect_end "no data $1" 1
    expect_missing "no data $1: no model" none
}
hex() { printf '%b' "$(sed 's/ //g; s/../\\x&/g' <<<"$*")"; }
zeros() { head -c "$1" /dev/zero; }

# ---- .npy ----
header() { # FILE DICTIONARY [BYTES [VERSION]]: a header as given, and so many zeros
    local length=${#2}
    { printf '\x93NUMPY' && bytes "${4:-1}" 0 $((length & 255)) $((length >> 8)) && { [ "${4:-1}" -eq 1 ] || bytes 0 0; } &&
        printf %s "$2" && zeros "${3:-32}"; } >"$1"
}
for dtype in '<f4' '>f4' '=f4' 'f4' '<f8' '>f8' '<f2' '>f2' '|i1' '<i2' '>i2' '<i4' '<i8' '>i8' '|u1' '<u2' '<u4' '>u8' '|b1'; do
    zeros $((8 * ${dtype: -1})) | npy "type$dtype.npy" "$dtype" '(2, 4)'
    read_ "type$dtype.npy"
done
for dtype in '|O' '<U4' '|S4' '|V4' '<c8' '<c16' '<M8[s]' '<m8' '<f16' '<f1' '<i3' '<i16' '<u0' '<b2' '<<f4' '' '<' 'f' '4f' 'object' "<f4\\n" '<f4 ' ' <f4' '<f44'; do
    zeros 64 | npy odd.npy "$dtype" '(2, 4)'
    refused odd.npy "type '$dtype'"
done
for shape in '(2, 3' '2, 3' '[2, 3]' '(2; 3)' '(2 3)' '(-1, 4)' '(2, -4)' '(2.0, 3)' '(0x2, 3)' '(02, 3)' '(2)' '(,)' '(2,,3)' '(True, 2)' \
    '(None, 2)' '((2,), 3)' '(2, 3), (1,)' '(9223372036854775808, 1)' '(18446744073709551617, 1)' '(4294967296, 4294967296)' \
    '(9223372036854775807, 2)' '(4611686018427387904, 4)' '(1000000000, 1000000000)' '(99999999999, 1)' '(17, 1)' '(1,1,1,1,1,1,1,1,1)' "('2', 3)"; do
    zeros 64 | npy odd.npy '<f4' "$shape"
    refused odd.npy "shape $shape"
done
for shape in '() 4' '(16,) 64' '(0,) 0' '(0, 4) 0' '(4, 0) 0' '(0, 9223372036854775807) 0' '(2, 2, 2) 32' '(1,1,1,1,1,1,1,16) 64'; do
    size=${shape##* } && shape=${shape% *}
    zeros "$size" | npy "shape$shape.npy" '<f4' "$shape"
    no_data "shape$shape.npy"
done
good="'descr': '<f4', 'fortran_order': False, 'shape': (2, 4)"
header version2.npy "{$good}" 32 2 && read_ version2.npy
header version3.npy "{$good}" 32 3 && read_ version3.npy
header long.npy "$(printf '%-10000s' "{$good}")" && read_ long.npy
header longer.npy "$(printf '%-10001s' "{$good}")" && refused longer.npy
header python2.npy "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 4L)}" && read_ python2.npy
header python2-3.npy "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 4L)}" 32 3 && refused python2-3.npy
number=0
for dictionary in '' '{' '}' '{}' '[]' "{$good" "$good}" "{$good}}" "{$good} {}" "{$good}, 1" "{$good, $good}" "{$good, 'x': 1}" \
    "{'descr': '<f4', 'shape': (2, 4)}" "{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 4)}" \
    "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}" "{'descr': '<f4, 'fortran_order': False}" \
    "{'descr': \"<f4', 'fortran_order': False, 'shape': (2, 4)}" "{'descr': __import__('os'), 'fortran_order': False, 'shape': (2, 4)}" \
    "{'descr': '\x1b[2J', 'fortran_order': False, 'shape': (2, 4)}" $'{\xff}' $'{\'\xc3\xa4\': 1}' "$(printf '%0999d' 0)" "$(printf '(%.0s' {1..999})"; do
    header odd.npy "$dictionary"
    number=$((number + 1))
    refused odd.npy "dictionary $number"
done
for version in 0 4 255; do header odd.npy "{$good}" 64 $version && refused odd.npy "version $version"; done
{ printf '\x93NUMPY\x01\x01\x76\x00' && tail -c +11 'type<f4.npy'; } >minor.npy && refused minor.npy
for length in 1 5 6 7 8 9 10 11 60 127 128 150 159; do head -c $length 'type<f8.npy' >odd.npy && refused odd.npy "cut at $length"; done
{ cat 'type<f4.npy' && echo more; } >more.npy && refused more.npy
cat 'type<f4.npy' 'type<f4.npy' >twice.npy && refused twice.npy
{ printf 'x' && cat 'type<f4.npy'; } >shifted.npy && refused shifted.npy
printf '\x93NUMPY\x02\x00\xff\xff\xff\xff{' >claims.npy && refused claims.npy
{ printf '\x80\x04\x95' && zeros 64; } >pickle.npy && refused pickle.npy
npy sparse.npy '<f4' '(2097120, 1024)' </dev/null && truncate -s $((128 + 4 * 2097120 * 1024)) sparse.npy && read_ sparse.npy
truncate -s 8G hole.npy && refused hole.npy
npy short.npy '<f4' '(2097152, 1024)' </dev/null && truncate -s 8G short.npy && refused short.npy

# ---- IDX, plain and gzipped ----
idx() { hex "$2" >"$1"; }
for kind in 08:2 09:2 0b:4 0c:8 0d:8 0e:16; do
    { hex 0000${kind%:*}01 00000002 && zeros ${kind#*:}; } >idx${kind%:*} && read_ idx${kind%:*}
    gzip -n <idx${kind%:*} >idx${kind%:*}.gz && read_ idx${kind%:*}.gz
done
for bytes in 00000801000000 000008 0000 00 00000a0100000001ff 0000080000000001ff 00000809000000010000 0001080100000001ff 01000801 \
    00000801ffffffff00 00000e03ffffffffffffffffffffffff 00000808ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff; do
    idx odd "$bytes" && refused odd "IDX $bytes"
    gzip -n <odd >odd.gz && refused odd.gz "zipped $bytes"
done
hex 0000080200000002000000020102 >few && refused few
idx no-rows 000008020000000000000004 && no_data no-rows
{ hex 00000802 00000006 00000002 && printf 'abcdefghijkl'; } >rows
gzip -n <rows >rows.gz
{ cat rows && echo; } >behind && refuse_fit behind
{ cat rows.gz && echo garbage; } >behind.gz && refuse_fit behind.gz
{ cat rows.gz && head -c 9 rows.gz; } >half.gz && refuse_fit half.gz
{ cat rows && echo; } | gzip -n >more.gz && refuse_fit more.gz
head -c -3 rows | gzip -n >few.gz && refuse_fit few.gz
head -c -1 rows.gz >cut.gz && refuse_fit cut.gz
{ head -c -8 rows.gz && zeros 8; } >checksum.gz && refuse_fit checksum.gz
{ hex 00000801 10000000 && zeros 33554432; } | gzip -n9 >bomb.gz && refuse_fit bomb.gz && refused bomb.gz
{ hex 00000802 00000002 00000002 && printf abcd && zeros 67108864; } | gzip -n9 >tail.gz && refuse_fit tail.gz
echo hello | gzip -n >text.gz && refused text.gz
hex 1f8b >two.gz && refused two.gz
hex 1f8b08ff00000000 >flags.gz && refused flags.gz
gzip -n </dev/null >empty.gz && refused empty.gz
gzip -n <rows.gz >twice.gz && refused twice.gz
gzip -n <'type<f4.npy' >npy.gz && read_ npy.gz

# ---- safetensors ----
tensors() { # FILE HEADER BYTES
    { bytes $((${#2} & 255)) $((${#2} >> 8)) 0 0 0 0 0 0 && printf %s "$2" && zeros "${3:-0}"; } >"$1"
}
number=0
for json in '{}' '{"__metadata__":{}}' '{"__metadata__":{"format":"cludi-model"}}' '{"__metadata__":{"format":"cludi-model","format_version":"99"}}' \
    '{' '{]' '{"a":1}' '{"a":{},"a":{}}' '{"__metadata__":1}' '{"__metadata__":{"a":1}}' '{"__metadata__":{"a":"b","a":"b"}}' '{"a\u0000":{}}' \
    '{"\ud800":{}}' '{"\u001b[2J":{}}' '{}{}' \
    '{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}' '{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}' \
    '{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}' '{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}' \
    '{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}' '{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}' \
    '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,99999999999999999999]}}' "$(printf '{"a":%s' "$(printf '[%.0s' {1..9999})")"; do
    tensors odd "$json" 4
    number=$((number + 1))
    refused odd "safetensors $number"
done
tensors sound '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}' 4 && no_data sound
hex ffffffffffffffff7b7d >huge && refused huge
hex 00e1f505000000007b >hundred && refused hundred
{ hex 00e1f505000000007b && printf '"a":'; } >sparse.safetensors && truncate -s 100000008 sparse.safetensors && refused sparse.safetensors
{ hex 0000100000000000 && printf '{"a":[' && yes '[],' | tr -d '\n' | head -c 1048570; } >many && refused many

# ---- what is no file ----
: >empty && refused empty
mkdir folder && refused folder
mkfifo pipe && (: >pipe &) && refused pipe
ln -s nowhere dangling && refused dangling
ln -s loop loop && refused loop
ln -s pipe to-pipe && (: >pipe &) && refused to-pipe
refused absent
refused /dev/null && refused /dev/zero && refused /dev/tty
for file in /proc/self/mem /proc/self/maps /proc/kmsg; do [ ! -e $file ] || refused $file; done
refused "$(printf 'x%.0s' {1..300})" "a long name" && refused "$(printf 'x/%.0s' {1..3000})" "a long path"
refused $'\e[2J\n\x7f\xff' "a name of controls"
if [ "$(id -u)" != 0 ]; then cp rows secret && chmod 0 secret && refused secret; fi
printf hello >text && refused text
head -c 100000 "$CLUDI" >program && refused program
[ $cases -ge 120 ] && ok "$cases files" || fail "files" "only $cases"

# ---- info on much data ----
run_measured info sparse.npy
if [ $most_kib = 65536 ]; then
    [ "$kib" -lt 16384 ] && ok "8 GiB: $kib KiB" || fail "8 GiB: memory" "$kib KiB"
    for ((try = 0; try < 20 && milliseconds >= 100; try++)); do run_measured info sparse.npy; done # the machine may be busy
    [ "$milliseconds" -lt 100 ] && ok "8 GiB: $milliseconds ms" || fail "8 GiB: time" "$milliseconds ms"
fi
finish
