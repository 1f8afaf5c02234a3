#!/bin/bash
# Files of AnnData, as it writes them today and did before: labels, barcodes, data frames, LZF, and what the copy holds.
# CLUDI_ANNDATA_PYTHON: a Python with another version of AnnData than Debian's.
. "$(dirname "$0")/lib.sh"
PYTHON=${CLUDI_ANNDATA_PYTHON:-/usr/bin/python3}
files() { "$PYTHON" "$HERE/anndata_files.py" "$@"; }

"$PYTHON" -c 'import anndata' 2>/dev/null || { skip anndata "no Python with AnnData (python3-anndata)" && exit 77; }
[ "$("$CLUDI" info "$HERE/lib.sh:x" 2>&1 | grep -c HDF5)" -eq 0 ] || { skip anndata "no HDF5" && exit 77; }
files make || exit 1
run fit plain.h5ad -k 3 -o model --method kmeans --quiet
expect_code "fit" 0

# NAME FILE: the same labels as from the .npy, with barcodes as ids.
run predict model rows.npy -o wanted.csv --quiet
"$PYTHON" - <<'END'
rows = open("wanted.csv").read().split("\n")
names = [rows[0]] + [f"AAAC{i:04d}-1,{row.split(',', 1)[1]}" for i, row in enumerate(rows[1:-1])]
open("wanted.csv", "w").write("\n".join(names) + "\n")
END
for file in plain lzf gzip masked masked_lzf bytes_lzf named listed columns; do
    run predict model $file.h5ad -o $file.csv --quiet
    expect_code "$file: exit code" 0
    expect_same "$file: rows and barcodes" $file.csv wanted.csv
done
for file in frames.h5ad:/obsm/frame frames.h5ad:layers/dense dense.h5ad:X; do
    run predict model $file -o x.csv --quiet
    expect_same "$file: rows and barcodes" x.csv wanted.csv
done
run predict model frames.h5ad:/obsm/mixed -o x.csv --quiet
expect_code "a frame of whole numbers, booleans and a mask" 0
expect_refused "a missing barcode" 'masked_missing.h5ad:/obs/_index" has no value in row 5 (counted from 0).' -- \
    predict model masked_missing.h5ad -o y.csv --quiet
expect_missing "a missing barcode: nothing is written" y.csv
run predict model masked_missing.h5ad -o y.npy --quiet
expect_code "a missing barcode that is not asked for" 0
run predict model masked_missing.h5ad -o y.h5ad --quiet
expect_code "a missing barcode in a copy" 0

# Labels of any kind give the classes.
for file in columns columns_lzf; do
    for column in kind whole word plain bytes nested; do
        run eval y.npy $file.h5ad:/obs/$column
        expect_words "$file $column" out "NMI             100.0 %"
    done
    run eval y.npy $file.h5ad:/obs/yes
    expect_words "$file yes" out "clusters            2"
    for case in whole_missing:7 yes_missing:0 word_missing:119; do
        expect_refused "$file ${case%:*}" "$file.h5ad:/obs/${case%:*}\" has no value in row ${case#*:} (counted from 0)." \
            -- eval y.npy "$file.h5ad:/obs/${case%:*}"
    done
    for column in nested_missing old; do
        expect_refused "$file $column" "$file.h5ad:/obs/$column\" has no category in row 4 (counted from 0): its code is -1." \
            -- eval y.npy $file.h5ad:/obs/$column
    done
done
run fit columns.h5ad -k 3 -o m --method kmeans --quiet --labels columns.h5ad:/obs/word
expect_code "fit --labels" 0

# What is no dense matrix.
expect_refused "sparse X" 'sparse.h5ad" has no /obsm/X_pca, and its X is a sparse matrix' 'sc.pp.pca(adata) of scanpy writes it' \
    -- fit sparse.h5ad -k 3 -o m
expect_refused "CSC" 'csc.h5ad" has no /obsm/X_pca, and its X is a sparse matrix' -- fit csc.h5ad -k 3 -o m
expect_refused "dense X" 'dense.h5ad" has no /obsm/X_pca; sc.pp.pca(adata) of scanpy writes it.' 'it holds /X (120, 5)' \
    -- fit dense.h5ad -k 3 -o m
expect_refused "sparse in obsm" 'adata.obsm["sparse"] = adata.obsm["sparse"].toarray()' -- info frames.h5ad:/obsm/sparse
expect_refused "words in a frame" 'frames.h5ad:/obsm/words/c" holds' '; a data frame of features has numbers alone.' \
    -- info frames.h5ad:/obsm/words
expect_refused "a missing number in a frame" 'frames.h5ad:/obsm/missing/e" has no value in row 9 (counted from 0).' \
    -- predict model frames.h5ad:/obsm/missing -o x.npy
expect_refused "three dimensions" 'has the shape (120, 2, 3); feature vectors have two' -- fit frames.h5ad:/obsm/deep -k 3 -o m
expect_refused "no rows" 'empty.h5ad' 'has the shape (0, 5)' -- fit empty.h5ad -k 3 -o m
expect_refused "id column" 'plain.h5ad" is HDF5, which has no id column' -- predict model plain.h5ad -o x.csv --id-column kind

# The copy: what was asked for, and nothing else changed.
readable=(plain lzf gzip named columns)
"$PYTHON" -c 'from anndata.experimental import write_elem; import anndata; anndata.settings.allow_write_nullable_strings' 2>/dev/null &&
    readable+=(masked masked_lzf)
for file in "${readable[@]}"; do
    run predict model $file.h5ad -o copy.h5ad --obs cluster --obsm X_cluster --quiet --seed 9
    expect_code "$file: copy" 0
    files same $file.h5ad copy.h5ad obs/cluster obs/cluster_confidence obsm/X_cluster uns/cluster >differs 2>&1
    expect_text "$file: all else" differs ""
    files read copy.h5ad cluster X_cluster >read 2>&1
    expect_text "$file: read by AnnData" read $'category 0,1,2 float32 float32 (120, 3) True 3 kmeans 9 2 AAAC0001-1\n'
done
run predict model plain.h5ad -o twice.h5ad --quiet
run predict model twice.h5ad -o copy.h5ad --quiet
files same twice.h5ad copy.h5ad >differs 2>&1
expect_text "the same names again" differs ""
expect_text "the same names again: a note" err 'cludi: Note: what "twice.h5ad" has as obs/cludi, obs/cludi_confidence is replaced in the copy.'$'\n'
run predict model plain.h5ad -o copy.h5ad --obs kind --obsm X_p --quiet
expect_code "a column of others: exit code" 0
expect_text "a column of others: a note" err 'cludi: Note: what "plain.h5ad" has as obs/kind is replaced in the copy.'$'\n'
run predict model copy.h5ad -o again.h5ad --obs new --obsm X_p
expect_words "an array: a note" err 'cludi: Note: what "copy.h5ad" has as obsm/X_p is replaced in the copy.'$'\n'
run predict model plain.h5ad -o again.h5ad --obs new --obsm X_q --quiet
expect_text "new names: no note" err ""
rm again.h5ad
files read copy.h5ad kind X_p >read 2>&1
expect_words "a column of others is replaced" read "category 0,1,2 float32"
rm copy.h5ad

expect_usage "a path" predict model plain.h5ad -o copy.h5ad --obs a/b -- \
    "--obs: \"a/b\" is no name; one without a slash is wanted. Try 'cludi predict --help'."
expect_usage "a dot" predict model plain.h5ad -o copy.h5ad --obsm . -- \
    "--obsm: \".\" is no name; one without a slash is wanted. Try 'cludi predict --help'."
expect_usage "no .h5ad" predict model plain.h5ad -o copy.npy --obs a -- \
    "--obs is a name in an .h5ad, which \"copy.npy\" is not: -o LABELS.h5ad. Try 'cludi predict --help'."
expect_refused "the index" 'named.h5ad" has its names of the observations in /obs/barcode; another name is wanted' -- \
    predict model named.h5ad -o copy.h5ad --obs barcode --quiet
expect_refused "what scanpy keeps" 'plain.h5ad" has something else in /uns/pca; another name is wanted' -- \
    predict model plain.h5ad -o copy.h5ad --obs pca --quiet
expect_refused "the vectors" '/obsm/X_pca has the vectors that were clustered' -- \
    predict model plain.h5ad -o copy.h5ad --obsm X_pca --quiet
expect_refused "no UTF-8" '"\xff" is no name for a column of obs' -- \
    predict model plain.h5ad -o copy.h5ad --obs $'\xff' --quiet
expect_missing "nothing is written" copy.h5ad
finish
