#!/bin/bash
# A wrong command line: exit 2 and one exact sentence, before any file is read.
. "$(dirname "$0")/lib.sh"
try="Try 'cludi --help'."
try_fit="Try 'cludi fit --help'."
try_predict="Try 'cludi predict --help'."

expect_usage "no command" -- "cludi needs a command: embed, fit, plan, predict, eval, compare, sweep, verify or info. $try"
expect_usage "unknown command" fti -- "cludi has no command fti; did you mean fit? $try"
expect_usage "strange command" grill -- "cludi has no command grill. $try"
expect_usage "option before the command" --seed 1 fit -- "cludi has no option --seed; the options of a command come after its name. $try"

expect_usage "near option" fit a -k 2 -o m --epoch 3 -- "fit has no option --epoch; did you mean --epochs? $try_fit"
expect_usage "near option with =" fit a --snr_weigt=min -- "fit has no option --snr_weigt; did you mean --snr-weight? $try_fit"
expect_usage "near option, one dash" fit a -seed 1 -- "fit has no option -seed; did you mean --seed? $try_fit"
expect_usage "far option" fit a --zzzzzzzz 1 -- "fit has no option --zzzzzzzz. $try_fit"
expect_usage "capital letter" fit a -K 3 -- "fit has no option -K; did you mean -k? $try_fit"
expect_usage "one letter of a parameter" fit a -T 3 -- "fit has no option -T; did you mean --diffusion-steps? $try_fit"
expect_usage "parameter of fit at predict" predict m d -o l --temperature 3 -- "predict has no option --temperature. $try_predict"

expect_usage "fit without data" fit -k 2 -o m -- "fit needs DATA: cludi fit DATA -k K -o MODEL [options]. $try_fit"
expect_usage "fit without K" fit a -o m -- "fit needs the number of clusters: -k K. $try_fit"
expect_usage "fit without output" fit a -k 2 -- "fit needs a path for the model: -o MODEL. $try_fit"
expect_usage "predict without data" predict m -o l -- "predict needs DATA: cludi predict MODEL DATA -o LABELS [options]; MODEL, a file that 'cludi fit' wrote, comes first. $try_predict"
expect_usage "predict without output" predict m d -- "predict needs a path for the labels: -o LABELS.npy. $try_predict"
expect_usage "eval with one file" eval a -- "eval needs PRED: cludi eval TRUE PRED [options]; the known classes come first, then the labels that 'cludi predict' wrote. Try 'cludi eval --help'."
expect_usage "info with two files" info a b -- "info does not take the argument 'b'; it takes FILE [options]. Try 'cludi info --help'."
expect_usage "fit with two files" fit a b -k 2 -o m -- "fit does not take the argument 'b'; it takes DATA -k K -o MODEL [options]. $try_fit"

expect_usage "value missing" fit a -k 2 -o -- "The option -o needs a value. $try_fit"
expect_usage "long value missing" fit a -k 2 -o m --seed -- "The option --seed needs a value. $try_fit"
expect_usage "empty value" fit a -k 2 -o m --labels= -- "The option --labels needs a value. $try_fit"
expect_usage "value not wanted" fit a --quiet=1 -- "The option --quiet takes no value. $try_fit"
expect_usage "steps and epochs" fit a -k 2 -o m --steps 1 --epochs 1 -- "--steps and --epochs cannot be given together. $try_fit"
expect_usage "K is no number" fit a -k two -o m -- "-k is 'two'; it must be a whole number from 2 to 65536. $try_fit"
expect_usage "K is no whole number" fit a -k 2.5 -o m -- "-k is '2.5'; it must be a whole number from 2 to 65536. $try_fit"
expect_usage "K is too long" fit a -k 4294967298 -o m -- "-k is '4294967298'; it must be a whole number from 2 to 65536. $try_fit"
for seed in -1 1.5 0x10 18446744073709551616 ' 1'; do
    expect_usage "seed $seed" fit a -k 2 -o m --seed "$seed" -- \
        "--seed is '$seed'; it must be a whole number from 0 to 18446744073709551615. $try_fit"
done
for size in 0 -1 1.5 2X 2GBB G 18446744073709551616 18014398509481984K 17179869184G; do
    expect_usage "memory $size" fit a -k 2 -o m --memory "$size" -- \
        "--memory is '$size'; it must be a size such as 500MB, 2GB or 1073741824: bytes, or with K, M, G or T behind for powers of 1024. $try_fit"
done
expect_usage "threads" predict m d -o l.npy --threads 1025 -- \
    "--threads is '1025'; it must be a whole number from 0 to 1024. $try_predict"

# The library's sentence, with the bounds.
for pair in "temperature -1" "temperature nan" "temperature 0.1x" "steps -1" "steps 0.5" "preprocessing raw" "cluster-sizes most" "neighbor-swap 2" "init-steps 0" "draws 65537" "snr-weight most" "snr_weight most"; do
    run fit a -k 2 -o m --${pair% *} "${pair#* }"
    expect_code "--$pair: exit code" 2
    name=${pair% *}
    expect_words "--$pair: sentence" err "cludi: " "${name//-/_}" "${pair#* }" "$try_fit"
done
run predict m d -o l --draws 65537
expect_code "predict --draws 65537: exit code" 2
expect_words "predict --draws 65537: sentence" err draws 65537 65536 "$try_predict"
run fit a -k 2 -o m --preset best
expect_code "preset: exit code" 2
expect_words "preset: sentence" err best default paper "$try_fit"
run fit a -k 2 -o m --backend cuda
expect_code "backend: exit code" 2
expect_words "backend: sentence" err cuda ref onednn "$try_fit"

# An output that would overwrite an input or another output.
: >a
ln a b
expect_usage "output is the data" fit a -k 2 -o ./a -- 'The output "./a" would overwrite "a"; give it another name. '"$try_fit"
expect_usage "output is a link to the labels" fit d -k 2 -o a --labels b -- \
    'The output "a" would overwrite "b"; give it another name. '"$try_fit"
expect_usage "partial output is the data" fit m.partial -k 2 -o m -- \
    'The output "m.partial" would overwrite "m.partial"; give it another name. '"$try_fit"
expect_usage "output is the model" predict a d -o a -- 'The output "a" would overwrite "a"; give it another name. '"$try_predict"
expect_usage "two equal outputs" predict m d -o x --proba ./x -- \
    'The output "x" would overwrite "./x"; give it another name. '"$try_predict"

# An output says what it is.
written="are written as .npy, .csv, .tsv or .h5ad, or as CSV to stdout (-)"
for output in l.parquet l.json l.txt l.NPZ .l.json dir.npy/l.x l.npy.gz; do
    expect_usage "labels into $output" predict m d -o "$output" -- "The labels $written; \"$output\" does not end so. $try_predict"
done
expect_usage "probabilities" predict m d -o l.npy --proba p.h5ad -- \
    "The probabilities are written as .npy, .csv or .tsv, or as CSV to stdout (-); \"p.h5ad\" does not end so. $try_predict"
expect_usage "embeddings" predict m d -o l.npy --embedding z.csv -- \
    "The embeddings are written as .npy; \"z.csv\" does not end so. $try_predict"
expect_usage "embeddings to stdout" predict m d -o l.npy --embedding - -- \
    "The embeddings are written as .npy; \"-\" does not end so. $try_predict"
for ending in npy NPZ csv txt json h5 h5ad pt pkl onnx parquet gz svg; do
    expect_usage "a model into m.$ending" fit a -k 2 -o "m.$ending" -- \
        "The model is a safetensors file, but the name \"m.$ending\" ends in .${ending,,}. $try_fit"
done
expect_usage "features" embed w p -o f.csv -- "The features are written as .npy; \"f.csv\" does not end in it. Try 'cludi embed --help'."
expect_usage "features to stdout" embed w p -o - -- "The features are written as .npy; \"-\" does not end in it. Try 'cludi embed --help'."
for command in "compare a -k 2" "sweep a -k 2 --param noise_scale=2"; do
    expect_usage "$command: a file" $command -o r.csv -- \
        "The results go into a folder, but the name \"r.csv\" ends in .csv. Try 'cludi ${command%% *} --help'."
    expect_usage "$command: stdout" $command -o - -- \
        "The results go into a folder; \"-\" is stdout. Try 'cludi ${command%% *} --help'."
done

# One thing on stdout, one from stdin.
expect_usage "labels and probabilities on stdout" predict m d -o - --proba /dev/stdout -- '"/dev/stdout" and "-" cannot both go to stdout. '"$try_predict"
expect_usage "labels and JSON on stdout" predict m d -o - --json -- '"-" and --json cannot both go to stdout. '"$try_predict"
expect_usage "labels and JSON on /dev/stdout" predict m d -o /dev/stdout --json -- '"/dev/stdout" and --json cannot both go to stdout. '"$try_predict"
expect_usage "a model and JSON on stdout" fit a -k 2 -o - --json -- '"/dev/stdout" and --json cannot both go to stdout. '"$try_fit"
expect_usage "a model and scores on stdout" fit a -k 2 -o - --labels b -- '"/dev/stdout" and the scores of --labels cannot both go to stdout. '"$try_fit"
expect_usage "two inputs from stdin" eval - - -- "'-' (stdin) can be given once. Try 'cludi eval --help'."
expect_usage "rows and labels from stdin" fit - -k 2 -o m --labels - -- "'-' (stdin) can be given once. $try_fit"
finish
