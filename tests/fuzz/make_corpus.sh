#!/bin/bash
# make_corpus.sh CLUDI: writes the seeds of tests/fuzz/corpus anew. What a fuzzer found (names that begin with found-) stays.
# Needs python3-h5py. Run in the root.
set -euo pipefail
CLUDI=$(realpath "$1")
corpus=$PWD/tests/fuzz/corpus
. tests/cli/lib.sh # and with it a temporary folder
set -e
seeds() { # NAME: an empty folder of seeds
    mkdir -p "$corpus/$1"
    find "$corpus/$1" -type f ! -name 'found-*' -delete
    folder=$corpus/$1
}
hex() { printf '%b' "$(sed 's/ //g; s/../\\x&/g' <<<"$*")"; }

seeds npy
for dtype in '<f4' '>f4' '<f8' '<f2' '|i1' '>i2' '<i8' '|u1' '<u8' '|b1'; do
    head -c 48 /dev/zero | npy "$folder/${dtype//[<>|]/}-${#dtype}-$(printf %d "'$dtype")" "$dtype" '(2, 3)'
done
head -c 16 /dev/zero | npy "$folder/labels" '<i4' '(4,)'
head -c 24 /dev/zero | npy "$folder/cube" '<f4' '(1, 2, 3)'
head -c 4 /dev/zero | npy "$folder/number" '<f4' '()'
npy "$folder/none" '<f4' '(0, 3)' </dev/null
npy "$folder/objects" '|O' '(1, 1)' </dev/null
npy "$folder/giant" '<f4' '(4294967296, 4294967296)' </dev/null
head -c 24 /dev/zero | npy "$folder/fortran" '<f4' '(3, 2)' && sed -i "s/False/True /" "$folder/fortran"
{ printf '\x93NUMPY\x02\x00\x3c\x00\x00\x00%-60s' "{'shape':(1L,),'descr':'i1','fortran_order':False}" && bytes 1; } >"$folder/version2"
{ printf '\x93NUMPY\x03\x00\x3c\x00\x00\x00%-60s' '{"shape":(1,),"descr":"i1","fortran_order":False,}' && bytes 1; } >"$folder/version3"

printf 'a\0\0\0b\0\0\0\344\0\0\0\0\0\0\0a\0\0\0b\0\0\0' | npy "$folder/words" '<U2' '(3,)'
printf 'ab\0a' | npy "$folder/bytes" '|S2' '(2, 1)'
cat "$folder/labels" "$folder/labels" >"$folder/second"
gzip -nc "$folder/fortran" >"$folder/fortran.gz"

seeds idx
for code in 08 09 0b 0c 0d 0e; do hex 0000${code}01 00000002 3fc00000 00000000 40000000 00000000 >"$folder/labels$code"; done
truncate -s 10 "$folder/labels08" "$folder/labels09" && truncate -s 12 "$folder/labels0b" && truncate -s 16 "$folder/labels0c" "$folder/labels0d"
hex 00000803 00000002 00000001 00000003 0033ff6601fe >"$folder/images"
hex 00000808 00000001 00000001 00000001 00000001 00000001 00000001 00000001 00000001 05 >"$folder/eight"
hex 00000801 ffffffff >"$folder/giant"
gzip -nc "$folder/images" >"$folder/images.gz"
gzip -n1c "$folder/labels0e" >"$folder/labels.gz"
gzip -nc "$folder/giant" >"$folder/giant.gz"
{ head -c 18 "$folder/images" | gzip -n && tail -c 4 "$folder/images" | gzip -n; } >"$folder/members.gz"
{ cat "$folder/images.gz" && head -c 64 /dev/zero; } >"$folder/padded.gz"
{ cat "$folder/images.gz" && echo more; } >"$folder/more.gz"
{ hex 00000801 00002000 && head -c 8192 /dev/zero; } | gzip -n9 >"$folder/long.gz"
echo hello | gzip -n >"$folder/text.gz"

seeds safetensors
tensors() { # NAME HEADER BYTES
    { bytes $((${#2} & 255)) $((${#2} >> 8)) 0 0 0 0 0 0 && printf %s "$2" && head -c "$3" /dev/zero; } >"$folder/$1"
}
tensors nothing '{}' 0
tensors metadata '{"__metadata__":{"format":"pt","a":"\u00e4\n"}}' 0
tensors two '{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b":{"dtype":"BF16","shape":[],"data_offsets":[8,10]}}   ' 10
tensors swapped '{"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]},"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}' 3
tensors empty '{"a":{"dtype":"I64","shape":[0,5],"data_offsets":[0,0]}}' 0
tensors emb '{"emb":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},"y":{"dtype":"I64","shape":[2],"data_offsets":[12,28]}}' 28
tensors model '{"__metadata__":{"format":"cludi-model"},"emb":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]}}' 4
gzip -nc "$folder/emb" >"$folder/emb.gz"
tensors gap '{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}' 8
tensors overlap '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}' 6
tensors twice '{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}' 4
tensors giant '{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}' 0

seeds hdf5
/usr/bin/python3 - "$folder" <<'END'
import sys
import h5py, numpy
from h5py import h5d, h5f, h5p, h5s, h5t

X = numpy.arange(12, dtype="f4").reshape(4, 3)
for version in (0, 1):  # the oldest form of everything, and the newest
    def begin(name, userblock=0):
        create, access = h5p.create(h5p.FILE_CREATE), h5p.create(h5p.FILE_ACCESS)
        if not version:
            create.set_sizes(4, 4)
        create.set_userblock(userblock)
        bound = h5f.LIBVER_LATEST if version else h5f.LIBVER_EARLIEST
        access.set_libver_bounds(bound, h5f.LIBVER_LATEST)
        path = f"{sys.argv[1]}/{name}{version}"
        return h5py.File(h5f.create(path.encode(), h5f.ACC_TRUNC, create, access))

    def put(file, name, data, **how):
        file.create_dataset(name, data=data, track_times=False, **how)

    with begin("plain", 512) as f:
        put(f, "x", X)
    with begin("chunks") as f:
        put(f, "x", X.astype(">f8"), chunks=(3, 2))
    with begin("packed") as f:
        put(f, "x", X.astype(">i2"), chunks=(3, 2), compression="gzip", shuffle=True, fletcher32=True)
    with begin("growing") as f:
        put(f, "x", X.astype("u1"), chunks=(3, 2), maxshape=(None, 3), compression="gzip")
    with begin("compact") as f:
        how = h5p.create(h5p.DATASET_CREATE)
        how.set_layout(h5d.COMPACT)
        h5d.create(f.id, b"x", h5t.STD_I8LE, h5s.create_simple((4, 3)), how).write(h5s.ALL, h5s.ALL, X.astype("i1"))
    with begin("column") as f:
        put(f, "ct/codes", numpy.array([0, 1, 1, 0], "i1"))
        put(f, "ct/categories", numpy.array([b"a", b"b"]))
    with begin("lzf") as f:
        put(f, "x", numpy.zeros((8, 8), "f4"), chunks=(8, 8), compression="lzf", shuffle=True, fletcher32=True)
    text = h5py.string_dtype()
    words = numpy.array(["a", "bb", "", "a"], object)
    with begin("texts") as f:
        put(f, "ct", words, dtype=text)
    with begin("letters") as f:
        put(f, "ct", words.astype("S3"), chunks=(3,), compression="lzf")
    with begin("masked") as f:
        put(f, "ct/values", words, dtype=text)
        put(f, "ct/mask", numpy.zeros(4, bool))
    with begin("frame") as f:
        put(f, "x/a", X[:, 0])
        put(f, "x/b/values", X[:, 1].astype("i2"), chunks=(3,), compression="lzf")
        put(f, "x/b/mask", numpy.zeros(4, bool))
        f["x"].attrs["column-order"] = numpy.array(["a", "b"], object)
        f["x"].attrs["_index"] = "a"
    with begin("barcodes") as f:
        put(f, "obsm/X_pca", X)
        put(f, "obs/cell", words, dtype=text)
        f["obs"].attrs["_index"] = "cell"
    with begin("links") as f:
        put(f, "x", X)
        f["soft"] = h5py.SoftLink("/x")
        f["other"] = h5py.ExternalLink("other.h5", "/x")
END

seeds model
bash "$HERE/../checks/points.sh" points.npy
model() { # NAME ARGUMENT...: the length of the numbers and the header of a model trained with these
    local name=$1 length numbers
    shift
    "$CLUDI" fit "${data:-points.npy}" -k 2 -o model --quiet --allow-collapse --seed 1 "$@"
    length=$(od -An -t u8 -N 8 model)
    numbers=$(($(stat -c %s model) - 8 - length))
    [ $numbers -lt 65536 ] || { echo "make_corpus.sh: $numbers bytes of numbers are too many" >&2 && exit 1; }
    { bytes $((numbers & 255)) $((numbers >> 8)) && tail -c +9 model | head -c "$length"; } >"$folder/$name"
}
model cludi --method cludi --hidden-dim 16 --embedding-dim 8 --blocks 1 --batch-size 16 --views 2 --teacher-steps 2 --steps 1
model input --method cludi --hidden-dim 16 --embedding-dim 8 --blocks 1 --batch-size 16 --views 2 --teacher-steps 2 --steps 1 --preprocessing directions
model discriminant --method discriminant
model kmeans --method kmeans
model scan --method scan --steps 1
{ echo 'id,x,"y, ""z"""' && for i in {1..20}; do echo "$i,$((i % 2 * 9)),$((i % 3))"; done; } >points.csv
data=points.csv model names --method kmeans --drop id
model temi --method temi --steps 1 --preprocessing directions

seeds csv
csv() { printf "$2" >"$folder/$1"; }
csv numbers '1,2\n3,4\n'
csv header 'id,x,label\na,1.5,cat\nb,-2e3,dog\n'
csv quotes '"id","a ""b""","label"\r\n"x,y"," 1 ",1\r\n"two\nlines", 2 ,2\r\n'
csv tabs 'label\tid\tx\r1\tone\t0.5\r-7\ttwo\t.5\r\r'
csv semicolons '\xef\xbb\xbfid;label;x\n;3;nan\nb;4;1e400\n\n\n'
csv ragged 'x,y\n1,2\n3\n'
csv text 'id,label\none,two\nthree,four\n'
csv open '1,"2\n3,4\n'
csv behind '1,"2"3\n'
csv twice 'id,label,id,label\n1,2,3,4\n'
csv gap 'x\n1\n\n2\n'
csv nul '1,2\n3,\0\n'
csv mixed 'a,1.5\n1,2\n'
csv empty 'id,label,x\n'
csv index ',a,b\n0,1,2\n1,3,4\n'
csv other '"b"|"id"|"a"\n1|x|2\n3|y|4\n'
csv unknown 'a,b,c,id\n1,2,3,4\n'
csv counted '0,1,2\n3,4,5\n'
csv steps '2019,2020,2021\n3,4,5\n'
csv blanks '# by hand\n# a b\n  1.5e0   2 \n 3 4\n'
csv write-table '"a" "b"\n"1" 1 2\n"2" 3 4\n'
csv sep 'sep=;\nb;a\n1,5;-,5\n2;3\n'
csv latin1 'gr\xf6\xdfe,a\n1,2\n'
csv utf16 '\xff\xfe1\0,\0002\0\n\0'
{ printf 'id,label\n' && printf '%0520d,1\n' 1 2; } >"$folder/long"
{ printf 'id,label,x\n' && for i in {1..99}; do printf 'r%d,%d,%d\n' "$i" $((i % 7)) $((i * i)); done; } >"$folder/rows"

seeds npz
python3 - "$folder" <<'PYTHON'
import struct, sys, zipfile
folder = sys.argv[1]
def npy(dtype, shape, size, order='False'):
    head = f"{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': {shape}, }}"
    return b'\x93NUMPY\1\0\x76\0' + head.ljust(117).encode() + b'\n' + bytes(range(size))
def archive(name, members, comment=b''):
    with zipfile.ZipFile(f'{folder}/{name}', 'w') as file:
        file.comment = comment
        for key, data, method in members:
            file.writestr(zipfile.ZipInfo(key), data, method)
S, D = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
array = npy('<f4', '(2, 3)', 24)
archive('stored', [('a.npy', array, S)])
archive('deflated', [('a.npy', array, D)])
archive('two', [('a.npy', array, D), ('b.npy', npy('|i1', '(4,)', 4), S)])
archive('text', [('readme', b'hello', S)])
archive('comment', [('a.npy', npy('>i2', '(3,)', 6), D)], b'a comment')
archive('fortran', [('a.npy', npy('<f8', '(3, 2)', 48, 'True '), D)])
archive('short', [('a.npy', npy('<f4', '(200, 3)', 24), D)])
archive('method', [('a.npy', array, zipfile.ZIP_BZIP2)])
archive('none', [])
with zipfile.ZipFile(f'{folder}/zip64', 'w') as file, file.open('a.npy', 'w', force_zip64=True) as member:
    member.write(array)
whole = open(f'{folder}/stored', 'rb').read()
open(f'{folder}/encrypted', 'wb').write(whole.replace(b'PK\1\2\x14\3\x14\0\0', b'PK\1\2\x14\3\x14\0\1'))
open(f'{folder}/checksum', 'wb').write(whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:])
open(f'{folder}/cut', 'wb').write(whole[:-30])
for name, member in (('array', array), ('labels', npy('<i4', '(4,)', 16)), ('bare', b'\x93NUMPY')):
    open(f'{folder}/{name}', 'wb').write(member)
PYTHON

seeds checkpoint
checkpoint() { # NAME NUMBERS FOUR-BYTES TENSORS [MORE-METADATA]
    local numbers=$2
    { bytes $((numbers & 255)) $((numbers >> 8)) && hex "$3" && printf '{"__metadata__":{%s"format":"cludi-checkpoint","format_version":"1","cludi_version":"@VERSION@","generator":"philox4x32-10","backend":"ref","precision":"f32","n":"3","rows":"6","K":"2","seed":"7","config":"@CONFIG@","digest":"0123456789abcdef","done":"5","epoch":"2","next":"3","reach":"6","epoch_rows":"4","steps":"9","next_probe":"8","probed":"1","neighbors":"2","held":"0"},%s}' "${5-}" "$4"; } >"$folder/$1"
}
tensor() { # NAME SHAPE FIRST LAST
    printf '"%s":{"dtype":"F32","shape":[%s],"data_offsets":[%d,%d]}' "$1" "$2" "$3" "$4"
}
network="$(tensor values 5 0 20),$(tensor m 5 20 40),$(tensor v 5 40 60),$(tensor probe 4 60 76),$(tensor counts 2,2 76 92),$(tensor last_counts 2,2 92 108)"
checkpoint whole 108 00000000 "$network"
checkpoint start 120 0000803f "$network,$(tensor start 3 108 120)"
checkpoint nan 108 0000c07f "$network"
checkpoint half 108 0000003f "$network"
checkpoint other 108 00000000 "$network" '"model":"x",'
checkpoint tensors 60 00000000 "$(tensor values 5 0 20),$(tensor m 5 20 40),$(tensor v 5 40 60)"
find "$corpus" -type f -size +4095c | grep . && { echo "make_corpus.sh: over 4 KB" >&2 && exit 1; }
find "$corpus" -type f | wc -l
