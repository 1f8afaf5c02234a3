#!/bin/bash
# cludi embed: images of every kind in, rows in natural order of the paths out; what cannot be read is named, left out and counted.
. "$(dirname "$0")/lib.sh"
python3 -c '' 2>/dev/null || { skip embed "python3 is not there to make images" && exit 77; }
python3 "$HERE/sample_images.py" samples && python3 "$HERE/tiny_vit.py" tiny.safetensors && python3 "$HERE/tiny_vit.py" other.safetensors 1 || exit 1
run embed tiny.safetensors samples/good/rgb.png -o one.npy --quiet
if grep -q "has no libvips" err; then
    expect_code "a build without libvips" 1
    skip embed "this build has no libvips"
    [ $failures -eq 0 ] && exit 77
    finish
fi
ROW=192 # bytes: 48 x 4
rows() { tail -c +129 "$1"; }
row() { rows "$1" | tail -c +$((ROW * $2 + 1)) | head -c $ROW; } # FILE NUMBER

# ---- every kind ----
run embed tiny.safetensors samples/good -o good.npy
expect_code "every kind" 0
expect_words "every kind: summary" err 'cludi: 19 of 19 images in ' '48 features each, written to "good.npy"; 0 skipped'
expect_text "every kind: stdout" out ""
[ "$(wc -c <good.npy)" -eq $((128 + 19 * ROW)) ] && ok "every kind: rows" || fail "every kind: rows" "$(wc -c <good.npy) bytes"
expect_text "every kind: paths" good.paths.txt "$(printf 'samples/good/%s\n' alpha.png alpha16.png animated.gif animated.webp bits.png cmyk.jpg \
    cmyk.tif gray.jpg gray.png gray.tiff gray16.png gray_alpha.png palette.png rgb.jpg rgb.png rgb.tif rgb.webp rgb16.png turned.jpg)"$'\n'
expect_missing "every kind: no partial file" good.npy.partial
expect_missing "every kind: no labels" good.labels.npy
for pair in "0 14 alpha" "1 14 alpha of 16 bits" "15 14 TIFF" "16 14 WebP" "17 14 16 bits" "9 8 gray TIFF" "10 8 gray of 16 bits" "11 8 gray and alpha"; do
    read -r a b name <<<"$pair"
    cmp -s <(row good.npy "$a") <(row good.npy "$b") && ok "the same motif: $name" || fail "the same motif: $name" "another row"
done
cmp -s <(row good.npy 13) <(row good.npy 18) && fail "EXIF in a JPEG" "the orientation makes no difference" || ok "EXIF in a JPEG"
run embed tiny.safetensors samples/upright -o upright.npy --quiet
expect_code "EXIF 1 to 8" 0
for ((i = 1; i < 8; i++)); do
    cmp -s <(row upright.npy 0) <(row upright.npy $i) && ok "EXIF $((i + 1))" || fail "EXIF $((i + 1))" "another row"
done

# ---- BMP, HEIC, AVIF, JPEG 2000, JPEG XL ----
run embed tiny.safetensors samples/bitmaps -o bitmaps.npy --quiet
expect_code "BMP" 0
for number in 1 3 6 7 8; do # core, masked, rgb, top_down, wide
    cmp -s <(row bitmaps.npy $number) <(row good.npy 14) && ok "BMP $number" || fail "BMP $number" "another row than the PNG's: $(sed -n $((number + 1))p bitmaps.paths.txt)"
done
cmp -s <(row bitmaps.npy 0) <(row good.npy 4) && ok "BMP of one bit" || fail "BMP of one bit" "another row than the PNG's"
for name in heic avif jp2 jxl; do
    run embed tiny.safetensors samples/newer/rgb.$name -o newer_$name.npy --quiet
    if grep -q "and this libvips has no loader for" err; then
        expect_code ".$name without a loader" 1
    elif [ $name = jp2 ] || [ $name = jxl ]; then
        expect_same ".$name: the row of the PNG" newer_$name.npy one.npy
    else
        expect_code ".$name" 0
    fi
done

# ---- numbers of every type ----
run embed tiny.safetensors samples/numbers -o numbers.npy --quiet --backend ref --precision f32
expect_code "numbers" 0
python3 - numbers.npy <<'PY' && ok "numbers: all of one motif have one row" || fail "numbers: rows" "differ"
import struct, sys
data = open(sys.argv[1], "rb").read()[128:]
values = struct.unpack(f"<{len(data) // 4}f", data)
rows = [values[i : i + 48] for i in range(0, len(values), 48)]
apart = max(abs(a - b) for row in rows for a, b in zip(row, rows[0]))
sys.exit(not (len(rows) == 21 and apart < 0.05 and max(rows[0]) - min(rows[0]) > 0.1))
PY

# ---- what is passed over ----
mkdir -p mixed/@eaDir mixed/sub
cp samples/good/rgb.png mixed/a.png && cp samples/good/rgb.png mixed/@eaDir/thumb.png
touch mixed/1.mov mixed/sub/2.MOV mixed/3.svg mixed/README mixed/Thumbs.db mixed/.DS_Store mixed/desktop.ini mixed/x.averyveryverylongending
run embed tiny.safetensors mixed mixed/sub -o mixed.npy --quiet --json
expect_code "passed over: exit code" 3
expect_text "passed over: counted by endings" err "cludi: Files skipped: 2 without an extension, .mov 2, .svg 1."$'\n'
expect_words "passed over: JSON" out '"rows": 1, "skipped": 0' '"passed_over": {"": 2, ".mov": 2, ".svg": 1}'
expect_text "passed over: paths" mixed.paths.txt $'mixed/a.png\n'
run embed tiny.safetensors mixed -o strict_mixed.npy --quiet --strict
expect_code "passed over, --strict" 1
expect_missing "passed over, --strict: nothing written" strict_mixed.npy
for ((i = 0; i < 300; i++)); do touch "mixed/f.e$i" mixed/g$i.zz; done
run embed tiny.safetensors mixed -o mixed.npy --quiet
expect_words "many endings" err "Files skipped: .zz 300, 2 without an extension, .mov 2, .e0 1, " ", and 294 with other extensions."
mkdir films && touch films/a.mp4
run embed tiny.safetensors films -o films.npy
expect_code "nothing but others" 1
expect_words "nothing but others" err "Files skipped: .mp4 1." 'There is no image: no file below "films"'

# ---- order, names, labels ----
mkdir -p tree/cats/old tree/dogs "tree/dogs 2" tree/.hidden
for name in cats/img10.png cats/img2.PNG cats/old/img1.png dogs/a.png "dogs 2/b.png" .hidden/c.png cats/.d.png cats/.notes.txt; do
    cp samples/good/rgb.png "tree/$name"
done
ln -s .. tree/dogs/up && ln -s ../../samples/good/gray.png tree/dogs/link.png
run embed tiny.safetensors tree/ tree/dogs/a.png -o tree.npy --labels-from-folders --quiet --json
expect_code "a tree" 0
expect_text "a tree: paths" tree.paths.txt "$(printf 'tree/%s\n' cats/img2.PNG cats/img10.png cats/old/img1.png dogs/a.png dogs/link.png "dogs 2/b.png")"$'\n'
expect_text "a tree: classes" tree.classes.txt "$(printf '%s\n' cats dogs "dogs 2")"$'\n'
expect_text "a tree: labels" <(rows tree.labels.npy | od -An -tu4 -w24 | tr -s ' ') " 0 0 0 1 1 2"$'\n'
expect_words "a tree: JSON" out '"rows": 6, "skipped": 0, "features": 48, "image_size": 32, "classes": 3'
expect_text "a tree: quiet" err ""
expect_refused "no folder below" '"samples/good/rgb.png" is in no folder below' -- embed tiny.safetensors tree samples/good/rgb.png -o x.npy --labels-from-folders
cp samples/good/rgb.png $'new\nline.png'
run embed tiny.safetensors $'new\nline.png' -o line.npy --quiet
expect_text "a newline in a name" line.paths.txt 'new\x0aline.png'$'\n'

# ---- what changes no byte ----
for setting in "--threads 1" "--threads 3" "--batch 1" "--batch 5 --threads 2" "--backend ref --precision f32 --threads 2"; do
    # shellcheck disable=SC2086
    run embed tiny.safetensors samples/good -o same.npy --quiet $setting
    if [[ $setting == *ref* ]]; then
        run embed tiny.safetensors samples/good -o good.npy --quiet --backend ref --precision f32 --batch 1 --threads 1
    fi
    expect_same "the same with $setting" same.npy good.npy
done
for setting in "--pool mean" "--heads 2" "--image-size 48"; do
    # shellcheck disable=SC2086
    run embed tiny.safetensors samples/good -o same.npy --quiet --backend ref $setting
    expect_code "$setting" 0
    cmp -s same.npy good.npy && fail "$setting" "makes no difference" || ok "$setting makes a difference"
done

# ---- broken images ----
mkfifo samples/broken/pipe.jpg && mkdir samples/broken/folder.jpg && ln -s nowhere samples/broken/link.jpg
cp samples/good/rgb.png samples/broken/whole.png
run embed tiny.safetensors samples/broken -o broken.npy
expect_code "broken images: exit code" 3
expect_words "broken images: summary" err "cludi: 1 of 19 images in " "; 18 skipped"
expect_text "broken images: paths" broken.paths.txt $'samples/broken/whole.png\n'
expect_same "broken images: the row of the whole one" broken.npy one.npy
says() { expect_words "broken: $1" err "cludi: $2"; }
for name in cut.gif cut.jpg cut.png cut.tif cut.webp flipped.png start.jpg start.png empty.png loop.tif; do
    says "$name" "\"samples/broken/$name\" cannot be decoded as "
done
for name in text.jpg vector.png document.jpg; do says "$name" "\"samples/broken/$name\" is no image that is read: JPEG, PNG, WebP, TIFF, GIF, BMP, HEIC, AVIF, JPEG 2000 and JPEG XL are."; done
says zero.jpg '"samples/broken/zero.jpg" is empty.'
says huge.png '"samples/broken/huge.png" says that it has 50000 x 50000 pixels; sides of 1 to 65535 and at most 134217728 pixels are read.'
says long.png '"samples/broken/long.png" says that it has 70000 x 1 pixels; '
says "a pipe" 'Cannot read "samples/broken/pipe.jpg": it is not a regular file.'
says "a link to nowhere" 'Cannot read "samples/broken/link.jpg": No such file or directory.'
[ "$(grep -c '^cludi: ' err)" -eq 19 ] && ok "broken: one line each" || fail "broken: one line each" "$(cat err)"
run embed tiny.safetensors samples/broken_newer samples/broken/whole.png -o broken_newer.npy --quiet
expect_code "broken images of other formats" 3
for name in cut.heic cut.avif cut.jp2 cut.jxl huge.j2k; do expect_words "broken: $name" err "cludi: \"samples/broken_newer/$name\" "; done
says_newer() { expect_words "broken: $1" err "cludi: \"samples/broken_newer/$1\" $2"; }
says_newer cut.bmp "is truncated: wanted 2880 bytes at offset 54, the file has 2000."
says_newer packed.bmp "cannot be decoded as BMP: it is compressed, and only BMP without compression is read."
says_newer bits.bmp "cannot be decoded as BMP: its bits a pixel are none that there are."
says_newer no_rows.bmp "cannot be decoded as BMP: a side has no pixels."
says_newer huge.bmp "says that it has 2147483647 x 2147483647 pixels; "
says_newer long.bmp "says that it has 40000 x 40000 pixels; "
says_newer head.bmp "cannot be decoded as BMP: "
says_newer nan.tif "has pixels that are NaN or infinite."
says_newer infinite.tif "has pixels that are NaN or infinite."
says_newer constant.tif "has the floating point number 0.5 in all pixels; there is no range by which to scale it."
says_newer mark.tif "has pixels of the floating point number -3.4e+38, beside which all others would look alike once scaled. If it stands for missing data, replace it."
[ "$(grep -c '^cludi: ' err)" -eq 16 ] && ok "broken: one line each, of other formats" || fail "broken: one line each, of other formats" "$(cat err)"
run embed tiny.safetensors samples/broken/whole.png samples/broken/cut.png -o strict.npy --strict --quiet
expect_code "--strict: exit code" 1
expect_text "--strict: names it" err 'cludi: "samples/broken/cut.png" cannot be decoded as PNG: vipspng: libpng read error.'$'\n'
expect_missing "--strict: no features" strict.npy
run embed tiny.safetensors samples/broken/cut.png samples/broken/zero.jpg -o none.npy --quiet
expect_code "none can be read: exit code" 1
expect_words "none can be read" err "cludi: None of the 2 images could be read; nothing was written."
run embed tiny.safetensors samples/broken/zero.jpg -o none.npy --quiet
expect_words "the only one cannot be read" err "cludi: The only image could not be read; nothing was written."
for file in none.npy none.paths.txt none.npy.partial; do expect_missing "none can be read: $file" $file; done

# ---- command lines ----
expect_usage "no output" embed tiny.safetensors tree -- "embed needs a path for the features: -o FEATURES.npy. Try 'cludi embed --help'."
expect_usage "no image" embed tiny.safetensors -o x.npy -- "embed needs PATH: cludi embed WEIGHTS PATH... -o FEATURES.npy [options]; WEIGHTS, the safetensors file of a network, come first (tools/convert_checkpoint.py makes one from a checkpoint). Try 'cludi embed --help'."
expect_usage "no .npy" embed tiny.safetensors tree -o x.csv -- "The features are written as .npy; \"x.csv\" does not end in it. Try 'cludi embed --help'."
expect_usage "pool" embed tiny.safetensors tree -o x.npy --pool max -- "--pool is 'max'; it must be cls or mean. Try 'cludi embed --help'."
cp tiny.safetensors weights.npy
expect_usage "over the weights" embed weights.npy tree -o weights.npy -- "The output \"weights.npy\" would overwrite \"weights.npy\"; give it another name. Try 'cludi embed --help'."
expect_refused "no such folder" 'Cannot read "nowhere": No such file or directory.' -- embed tiny.safetensors nowhere -o x.npy
python3 - <<'END' || exit 1 # finite weights of which no features come: -3e38 in one tensor
import json, struct
raw = open("tiny.safetensors", "rb").read()
start = 8 + struct.unpack("<Q", raw[:8])[0]
begin, end = json.loads(raw[8:start])["blocks.0.mlp.fc2.bias"]["data_offsets"]
open("huge.safetensors", "wb").write(raw[: start + begin] + struct.pack("<f", -3e38) * ((end - begin) // 4) + raw[start + end :])
END
expect_refused "numbers that overflow" "The network's numbers overflow: no features can be computed with these weights." \
    -- embed huge.safetensors tree -o x.npy --quiet
mkdir bare
expect_refused "an empty folder" 'There is no image: no file below "bare"' -- embed tiny.safetensors bare -o x.npy
expect_refused "no weights" samples/good/rgb.png -- embed samples/good/rgb.png tree -o x.npy
expect_refused "image size" "image_size" 40 -- embed tiny.safetensors tree -o x.npy --image-size 40
expect_missing "nothing was written" x.npy

# ---- on from there ----
run fit good.npy -k 3 "${SMALL[@]}" --allow-collapse -o model --quiet
expect_code "cludi fit takes the features" 0
run predict model good.npy -o labels.npy --quiet
expect_code "cludi predict takes the features" 0
finish
