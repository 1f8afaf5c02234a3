#!/bin/bash
# Command lines as people type them who know other programs: each ends at once with its exit code and one sentence that says
# what was wrong and what is wanted. The words of the sentence stand between bars.
. "$(dirname "$0")/lib.sh"
lines=0

wrong() { # CODE 'WORDS|WORDS' ARGUMENT...
    local code_wanted=$1 words rest=$2
    shift 2
    lines=$((lines + 1))
    run "$@"
    [ -z "${SHOW-}" ] || printf '$ cludi %s\n  %s %s' "$*" "$code" "$(cat err)"$'\n'
    if [ "$code" -ne "$code_wanted" ]; then fail "cludi $*" "exit code $code, expected $code_wanted: $(cat err)"; fi
    if [ -s out ]; then fail "cludi $*" "something on stdout"; fi
    if [ "$(wc -l <err)" -ne 1 ]; then fail "cludi $*" "not one line: $(cat err)"; fi
    if [ "$code_wanted" -eq 2 ]; then rest="$rest|Try 'cludi"; fi
    while [ -n "$rest" ]; do
        words=${rest%%|*}
        [ "$words" = "$rest" ] && rest="" || rest=${rest#*|}
        grep -qF -- "$words" err || fail "cludi $*" "no '$words' in: $(cat err)"
    done
}

right() { # WORDS ARGUMENT...
    local words=$1
    shift
    run "$@"
    expect_code "cludi $*: exit code" 0
    expect_words "cludi $*" out "$words"
}

groups d.npy 60
group_labels y.npy 60
"$CLUDI" fit d.npy -k 3 -o m "${SMALL[@]}" --quiet --allow-collapse || exit 1
mkdir photos
: >photos/a.jpg
: >empty.npy
echo "these are words" >words.txt
F=(fit d.npy -k 3 -o x)
P=(predict m d.npy -o l.npy)
E=(embed w.safetensors photos -o f.npy)
S=(sweep d.npy -k 3 -o sw)
C=(compare d.npy -k 3 -o sw)

# Words: capitals, hyphens and underscores do not matter to what is meant.
wrong 2 "did you mean kmeans?" "${F[@]}" --method KMeans
wrong 2 "did you mean kmeans?" "${F[@]}" --method k-means
wrong 2 "did you mean self-classifier?" "${F[@]}" --method self_classifier
wrong 2 "did you mean paper?" "${F[@]}" --preset Paper
wrong 2 "did you mean onednn?" "${F[@]}" --backend One-DNN
wrong 2 "did you mean ref?" "${P[@]}" --backend REF
wrong 2 "did you mean bf16?" "${F[@]}" --precision BF-16
wrong 2 "did you mean mean?" "${E[@]}" --pool Mean
wrong 2 "did you mean linear?" "${F[@]}" --logits LINEAR
wrong 2 "did you mean coordinates?" "${F[@]}" --preprocessing Co-ordinates
wrong 2 "did you mean kmeans?" "${S[@]}" --param method=KMeans,scan
wrong 2 "did you mean kmeans?" "${C[@]}" --methods KMeans,scan
wrong 2 "did you mean --embedding-loss?" "${F[@]}" --EmbeddingLoss direct
wrong 2 "did you mean --weight-decay?" "${F[@]}" --weightdecay 0.1
wrong 2 "did you mean predict?" pre_dict m d.npy
wrong 2 "did you mean embed?" EM-BED d.npy
wrong 2 "did you mean help?" Help
wrong 2 "did you mean fit?" Train d.npy

# Commands.
wrong 2 "needs a command|fit"
wrong 2 "no command|cluster|did you mean fit?" cluster d.npy
wrong 2 "no command|train|did you mean fit?" train d.npy
wrong 2 "no command|pridect|did you mean predict?" pridect m d.npy
wrong 2 "no command|evaluate|did you mean eval?" evaluate y.npy y.npy
wrong 2 "no command|FIT|did you mean fit?" FIT d.npy
wrong 2 "no command nonsense." nonsense
wrong 2 "no command nonsense." help nonsense
wrong 2 "did you mean fit?" help fitt
wrong 2 "help takes one command|predict" help fit predict
wrong 2 "no command d.npy" d.npy -k 3
wrong 2 "no option -k" -k 3 d.npy
wrong 2 "no option --gpu" --gpu fit d.npy
wrong 2 "no option --quiet; the options of a command come after its name" --quiet fit d.npy
wrong 2 "needs a command|fit" ''

# Arguments that are missing, too many, or swapped.
wrong 2 "fit needs DATA|cludi fit DATA -k K -o MODEL" fit
wrong 2 "fit needs DATA" fit -k 3 -o x
wrong 2 "needs the number of clusters|-k K" fit d.npy
wrong 2 "needs a path for the model|-o MODEL" fit d.npy -k 3
wrong 2 "does not take the argument 'y.npy'|DATA -k K" fit d.npy y.npy -k 3 -o x
wrong 2 "argument '3'" fit d.npy 3 x
wrong 2 "An argument of fit is empty" fit '' -k 3 -o x
wrong 2 "predict needs MODEL and DATA|MODEL, a file that|comes first" predict
wrong 2 "predict needs DATA|MODEL, a file that|comes first" predict m -o l.npy
wrong 2 "needs a path for the labels|-o LABELS" predict m d.npy
wrong 2 "does not take the argument" predict m d.npy l.npy
wrong 1 '"d.npy" is not a model, but "m" is one; the model comes first: cludi predict "m" "d.npy"' predict d.npy m -o l.npy
wrong 1 '"d.npy" is an array (npy), not a model|comes first' predict d.npy d.npy -o l.npy
wrong 1 '"photos" is not a model, but "m" is one' predict photos m -o l.npy
wrong 1 '"photos" is a folder, not a model|comes first' predict photos d.npy -o l.npy
wrong 1 '"m" is a cludi model, not an array' predict m m -o l.npy
wrong 1 'Cannot read "absent": No such file' predict absent d.npy -o l.npy
wrong 1 'Cannot read "absent": No such file' predict m absent -o l.npy
wrong 1 '"photos" is a folder|cludi embed WEIGHTS' predict m photos -o l.npy
wrong 1 '"words.txt"' predict words.txt d.npy -o l.npy
wrong 1 '"empty.npy"' predict empty.npy d.npy -o l.npy
wrong 1 '"d.npy" is not a model, but "m" is one; the model comes first: cludi verify "m" "d.npy"' verify d.npy m
wrong 1 '"d.npy" is an array (npy), not a model' verify d.npy d.npy
wrong 1 '"photos" is a folder, not a model' verify photos d.npy
wrong 1 '"photos" is a folder' verify m photos
wrong 2 "verify needs DATA|MODEL, a file that" verify m
wrong 2 "eval needs TRUE and PRED|known classes come first" eval
wrong 2 "eval needs PRED|known classes come first" eval y.npy
wrong 1 '"m" is a cludi model, not an array' eval m y.npy
wrong 1 '"m" is a cludi model, not an array' eval y.npy m
wrong 1 '"d.npy"|(60, 4)|labels have one dimension' eval d.npy y.npy
wrong 1 '"photos"' eval y.npy photos
wrong 2 "does not take the argument" eval y.npy y.npy y.npy
wrong 2 "info needs FILE" info
wrong 2 "does not take the argument 'd.npy'" info m d.npy
wrong 1 '"photos"' info photos
wrong 1 '"photos" is a folder|cludi embed WEIGHTS "photos" -o features.npy' fit photos -k 3 -o x
wrong 1 '"m" is a cludi model, not an array' fit m -k 3 -o x
wrong 1 '"photos" is a folder' plan photos -k 3 --method cludi
wrong 1 '"photos" is a folder' compare photos -k 3 -o sw
wrong 1 '"photos" is a folder' sweep photos -k 3 -o sw --param noise_scale=2,3
wrong 1 '"photos"' fit d.npy -k 3 -o x --labels photos
wrong 1 '"m" is a cludi model, not an array' fit d.npy -k 3 -o x --labels m
wrong 2 "embed needs WEIGHTS and PATH|WEIGHTS, the safetensors file of a network, come first|tools/convert_checkpoint.py" embed
wrong 2 "embed needs PATH|WEIGHTS, the safetensors file of a network, come first|tools/convert_checkpoint.py" embed photos -o f.npy
wrong 1 '"photos" is a folder; WEIGHTS|come first|tools/convert_checkpoint.py' embed photos m -o f.npy
wrong 1 '"photos" is a folder; WEIGHTS|come first' embed photos photos -o f.npy
wrong 1 '"m" holds no Vision Transformer|tools/convert_checkpoint.py' embed m photos -o f.npy
wrong 1 '"d.npy" is |not a safetensors file|tools/convert_checkpoint.py' embed d.npy photos -o f.npy
wrong 1 '"absent"' embed absent photos -o f.npy
wrong 2 "needs a path for the features|-o FEATURES.npy" embed w.safetensors photos
wrong 2 '"f.csv" does not end in' embed w.safetensors photos -o f.csv
wrong 2 "needs a folder for the results|-o DIR" compare d.npy -k 3
wrong 2 "needs the number of clusters" compare d.npy -o sw
wrong 2 "needs the number of clusters" plan d.npy
wrong 2 "plan has no option -o" plan d.npy -k 3 -o x

# K.
for k in 0 1 -1 -3 3.5 2,5 1e9 1e3 abc 65537 99999999999999999999 0x10 ' 3' +3 '3 ' nan inf auto; do
    wrong 2 "-k is '$k'; it must be a whole number from 2 to 65536" fit d.npy -k "$k" -o x
    wrong 2 "-k is '$k'; it must be a whole number from 2 to 65536" fit absent.npy --clusters="$k" -o x
done
wrong 2 "-k is '1'; it must be a whole number from 2 to 65536" plan absent.npy -k 1
wrong 2 "-k is '0'; it must be a whole number from 2 to 65536" compare absent.npy -k 0 -o sw
wrong 2 "-k is '2.5'; it must be a whole number from 2 to 65536" sweep absent.npy -k 2.5 -o sw --param noise_scale=2,3
wrong 2 "The option --clusters (-k) needs a value" fit d.npy -k '' -o x
wrong 2 "The option --clusters (-k) needs a value" fit d.npy --clusters= -o x
wrong 2 "The option -k needs a value" fit d.npy -o x -k
wrong 1 '"d.npy"|K is 61|60 rows' fit d.npy -k 61 -o x
wrong 1 '"d.npy"|K is 65536|60 rows' fit d.npy -k 65536 -o x

# Options of other programs.
for option in --gpu --cuda --device --gpus -gpu; do
    wrong 2 "fit has no option $option: cludi computes on the CPU" "${F[@]}" $option
done
wrong 2 "--device: cludi computes on the CPU" "${F[@]}" --device=cuda:0
wrong 2 "predict has no option --gpu: cludi computes on the CPU" "${P[@]}" --gpu
wrong 2 "embed has no option --device: cludi computes on the CPU" "${E[@]}" --device cpu
for option in --n-clusters --n_clusters --num-clusters --k --K -K --nclusters; do
    wrong 2 "fit has no option $option; did you mean -|k" fit d.npy $option 3 -o x
done
wrong 2 "number of clusters is that of the model" "${P[@]}" -k 3
for option in --learning-rate --learning_rate --LearningRate; do
    wrong 2 "no option $option; did you mean --lr?" "${F[@]}" $option 0.1
done
for option in --batchsize --minibatch --batch; do
    wrong 2 "no option $option; did you mean --batch-size?" "${F[@]}" $option 32
done
wrong 2 "did you mean --batch?" "${E[@]}" --batch-size 8
wrong 2 "chosen automatically" "${P[@]}" --batch-size 8
for option in --epoch --num-epochs --max_epochs --n-epochs --Epochs; do
    wrong 2 "no option $option; did you mean --epochs?" "${F[@]}" $option 3
done
for option in --iterations --max-iter --n_iter --max-steps; do
    wrong 2 "no option $option; did you mean --steps?" "${F[@]}" $option 3
done
for option in --random-state --random_state --random-seed --sed; do
    wrong 2 "no option $option; did you mean --seed?" "${F[@]}" $option 3
done
for option in --verbose -v --debug; do
    wrong 2 "no option $option: it says all it has to say on stderr" "${F[@]}" $option
done
for option in --out --outfile --save --output-file --ouput; do
    wrong 2 "no option $option; did you mean --output (-o)?" fit d.npy -k 3 $option x
done
wrong 2 "the result goes to stdout" eval y.npy y.npy --out s.txt
wrong 2 "eval has no option -o: the result goes to stdout" eval y.npy y.npy -o s.txt
for option in --in --data --file -i -f; do
    wrong 2 "no option $option: the files come without an option" fit $option d.npy -k 3 -o x
done
wrong 2 "--input: the files come without an option" predict m --input d.npy -o l.npy
wrong 2 "fit needs DATA|cludi fit DATA" fit --input d.npy -k 3 -o x
wrong 2 'preprocessing is "d.npy"|auto, unit, directions, coordinates|A file is named without an option' "${F[@]}" --input d.npy
wrong 2 "no option --model: predict and verify take the model without an option, first" predict --model m d.npy -o l.npy
wrong 2 "no option --model: |fit writes it to -o MODEL" fit d.npy -k 3 --model x
wrong 2 "no option --weights: embed takes WEIGHTS without an option, first" "${F[@]}" --weights w
wrong 2 "no option --cpu: cludi computes on the CPU" "${F[@]}" --cpu
wrong 2 "no option --no-checkpoint; did you mean --checkpoint-every?" "${F[@]}" --no-checkpoint
wrong 2 "no option --kmeans; did you mean --method?" "${F[@]}" --kmeans
wrong 2 '"-" and "-" cannot both go to stdout' predict m d.npy -o - --proba -
for option in --jobs --n-jobs --n_jobs -j --workers --num-threads; do
    wrong 2 "no option $option; did you mean --threads?" "${F[@]}" $option 2
done
wrong 2 "no option --n-jobs; did you mean --jobs?" "${S[@]}" --param noise_scale=2,3 --n-jobs 2
wrong 2 "no option --silent; did you mean --quiet?" "${F[@]}" --silent
wrong 2 "no option -q; did you mean --quiet?" "${F[@]}" -q
wrong 2 "no option --fp16; did you mean --precision?" "${F[@]}" --fp16
wrong 2 "no option --temp; did you mean --temperature?" "${F[@]}" --temp 0.1
wrong 2 "no option --ground-truth; did you mean --labels?" "${F[@]}" --ground-truth y.npy
wrong 2 "labels are arguments without an option" eval --labels y.npy y.npy
wrong 2 "no option --probabilities; did you mean --proba?" "${P[@]}" --probabilities p.npy
wrong 2 "no option --max-memory; did you mean --memory?" "${F[@]}" --max-memory 4G
wrong 2 "no option --checkpoint; did you mean --checkpoint-every?" "${F[@]}" --checkpoint 5m
wrong 2 "no option --index-col; did you mean --id-column?" "${F[@]}" --index-col id
wrong 2 "the ending of the output's name says its format" "${P[@]}" --format csv
wrong 2 "no option --overwrite: an output replaces the file" "${F[@]}" --overwrite
wrong 2 "messages go to stderr" "${F[@]}" --log-file x.log
wrong 2 "no option --method: the method is that of the model" "${P[@]}" --method kmeans
wrong 2 "method varies over the runs, so --method cannot be given as well as --methods" "${C[@]}" --method kmeans
wrong 2 "no option --algorithm; did you mean --method?" "${F[@]}" --algorithm kmeans
wrong 2 "no option --n-init; did you mean --init-runs?" "${F[@]}" --n-init 10
wrong 2 "no option --recursive: folders are taken with the folders below" "${E[@]}" --recursive
wrong 2 "no option --img-size; did you mean --image-size?" "${E[@]}" --img-size 224
wrong 2 "no option --grid; did you mean --param?" "${S[@]}" --grid noise_scale=2,3
wrong 2 "no option --runs; did you mean --seeds?" "${C[@]}" --runs 3
wrong 2 "no option --precis; did you mean --precision?" "${F[@]}" --precis f32
wrong 2 "fit has no option --zap." "${F[@]}" --zap
wrong 2 "fit has no option --foo." "${F[@]}" --foo=3
wrong 2 "fit has no option --ab." "${F[@]}" --ab
wrong 2 "predict has no option --temperature." "${P[@]}" --temperature 1
wrong 2 "fit has no option ---seed; did you mean --seed?" "${F[@]}" ---seed 1
wrong 2 "takes no value" "${F[@]}" --quiet=yes
wrong 2 "takes no value" "${F[@]}" --help=1
wrong 2 "The option --seed needs a value" "${F[@]}" --seed
wrong 2 "The option --output (-o) needs a value" fit d.npy -k 3 -o ''
wrong 2 "The option --labels needs a value" "${F[@]}" --labels ''

# Values.
for value in 0x2 -1 1.5 1025 auto all ' 2' 2, 99999999999999999999; do
    wrong 2 "--threads is '$value'; it must be a whole number from 0 to 1024" "${F[@]}" --threads "$value"
done
for value in -1 1e3 0.5 abc 18446744073709551616; do
    wrong 2 "--seed is '$value'; it must be a whole number from 0 to" "${F[@]}" --seed "$value"
    wrong 2 "--seed is '$value'; it must be a whole number from 0 to" "${P[@]}" --seed="$value"
done
for value in 0 -1 4X 4GBB G 4.5.6G '4 G B' 1.5 0.0001K 18446744073709551616 1e9 four; do
    wrong 2 "--memory is '$value'; it must be a size such as 500MB|K, M, G or T|1024" "${F[@]}" --memory "$value"
done
for value in 5x -5m m 5mm 1.5 '5 min utes' 1e3 5ms daily; do
    wrong 2 "--checkpoint-every is '$value'; it must be a time such as 60s, 10min or 1h, a number of steps" \
        "${F[@]}" --checkpoint-every "$value"
done
for value in -1 1000001 1e999; do
    wrong 2 "epochs is |; it must be between 0 and 1000000" "${F[@]}" --epochs "$value"
done
for value in nan inf -inf ten 3,5 3epochs; do
    wrong 2 "epochs is \"$value\"; it must be a number from 0 to 1000000" "${F[@]}" --epochs "$value"
done
wrong 2 'temperature is "0,1"|from 0.001 to 100|with a point, not a comma' "${F[@]}" --temperature 0,1
wrong 2 'lr is "1e-3s"; it must be a number from' "${F[@]}" --lr 1e-3s
wrong 2 'steps is "100k"; it must be a whole number from' "${F[@]}" --steps 100k
wrong 2 "steps is 0.5; it must be a whole number from" "${F[@]}" --steps 0.5
wrong 2 "--steps and --epochs cannot be given together" "${F[@]}" --steps 5 --epochs 1
wrong 2 'method is "k-means"|did you mean kmeans?' "${F[@]}" --method k-means
wrong 2 'method is "Cludi"|did you mean cludi?' "${F[@]}" --method Cludi
wrong 2 'method is "dbscan"; it must be one of cludi, kmeans, self-classifier, temi, scan, tsp, turtle, discriminant.' "${F[@]}" --method dbscan
wrong 2 'snr_weight is "maxx"|(did you mean max?).' "${F[@]}" --snr-weight maxx
wrong 2 'There is no preset "papers"|default or paper' "${F[@]}" --preset papers
wrong 2 'There is no backend "onedn"|auto, ref or onednn' "${F[@]}" --backend onedn
wrong 2 'There is no backend "gpu"|auto, ref or onednn' "${F[@]}" --backend gpu
wrong 2 'There is no precision "fp16"|auto, f32 or bf16' "${F[@]}" --precision fp16
wrong 2 "draws is 0; it must be between 1 and 65536" "${P[@]}" --draws 0
wrong 2 'draws is "many"; it must be a whole number from 1 to 65536' "${P[@]}" --draws many
wrong 2 "--pool is 'max'; it must be cls or mean" "${E[@]}" --pool max
wrong 2 "--batch is '-1'; it must be a whole number from 0 to 1024" "${E[@]}" --batch -1
wrong 2 "--image-size is 'big'; it must be a whole number" "${E[@]}" --image-size big

# Sweeps and comparisons.
for name in K k clusters n_clusters; do
    wrong 2 "number of clusters is the same in all runs, -k K" "${S[@]}" --param $name=2,3
done
wrong 2 "--seeds N" "${S[@]}" --param seed=1,2
wrong 2 "no parameter of the method but an option|--threads" "${S[@]}" --param threads=1,2
wrong 2 "no parameter of the method but an option|--preset" "${S[@]}" --param preset=default,paper
wrong 2 'There is no parameter "temperatures" (did you mean temperature?). Try' "${S[@]}" --param temperatures=1,2
wrong 2 'There is no parameter "learning-rate" (did you mean lr?). Try' "${S[@]}" --param learning-rate=0.1,0.2
wrong 2 'There is no parameter "batchsize" (did you mean batch_size?). Try' "${S[@]}" --param batchsize=64,128
wrong 2 "--seeds is '1,2'; it must be a whole number from 1 to 10000" "${S[@]}" --param noise_scale=2,3 --seeds 1,2
wrong 2 'There is no parameter "gpu".' "${S[@]}" --param gpu=1,2
wrong 2 "needs a parameter and its values: --param noise_scale=2,3,4" "${S[@]}"
for value in F F= =2,3 F:2,3 'F 2,3'; do
    wrong 2 "--param is '$value'; it must be a parameter and its values, such as noise_scale=2,3,4" "${S[@]}" --param "$value"
done
wrong 2 'noise_scale is "2 3"; it must be a number from' "${S[@]}" --param 'noise_scale=2 3'
wrong 2 'noise_scale is "2..7"; it must be a number from' "${S[@]}" --param noise_scale=2..7
wrong 2 'noise_scale is ""; it must be a number from' "${S[@]}" --param noise_scale=2,,3
wrong 2 "noise_scale has the value 2 twice" "${S[@]}" --param noise_scale=2,2.0
wrong 2 "names noise_scale twice" "${S[@]}" --param noise_scale=2,3 --param noise_scale=4
wrong 2 "noise_scale varies over the runs" "${S[@]}" --param noise_scale=2,3 --noise-scale 4
wrong 2 "argument '3'" "${S[@]}" --param noise_scale=2, 3
wrong 2 'method is "kmens"|did you mean kmeans?' "${C[@]}" --methods kmens
wrong 2 'method is "all"|cludi, kmeans' "${C[@]}" --methods all
wrong 2 "--seeds is '0'; it must be a whole number from 1 to 10000" "${C[@]}" --seeds 0
wrong 2 "--seeds is '1,2,3'; it must be a whole number" "${C[@]}" --seeds 1,2,3
wrong 2 "--jobs is '-1'; it must be a whole number from 0 to 1024" "${C[@]}" --jobs -1
for output in x x.partial x.checkpoint l.npy f.npy sw s.txt p.npy; do expect_missing "no $output after all this" $output; done
[ "$lines" -ge 250 ] && ok "$lines wrong lines" || fail "lines" "only $lines were tried"

# What is right, though it may not look so.
right "Usage: cludi COMMAND" help
right "Usage: cludi fit" help fit
right "Usage: cludi fit" fit help
right "Usage: cludi predict" predict -h
right "cludi " -V
right "cludi " version
right "cludi " fit --version
right "cludi " predict -V
"$CLUDI" --help >program
"$CLUDI" help | cmp -s - program && ok "help is --help" || fail "help is --help" "they differ"
for command in embed fit plan predict eval compare sweep verify info; do
    "$CLUDI" $command --help >command
    "$CLUDI" help $command | cmp -s - command && ok "help $command" || fail "help $command" "it is not $command --help"
done
expect_words "exit codes" program " 0 done" " 1 " " 2 " " 3 " " 4 " "129," "130 or 143"
"$CLUDI" embed --help >command
expect_words "exit code of embed" command "exit code is 3"
train() { # NAME ARGUMENT...
    local name=$1
    shift
    run fit d.npy -o right "${SMALL[@]}" --quiet --allow-collapse "$@"
    expect_code "$name" 0
}
for size in 4GB '4 GB' 4gb 4GiB 4g 4096M 1.5G 64MB '512 kib' 2T 4096 ' 2G ' 5b; do train "--memory $size" -k 3 --memory "$size"; done
for every in 5min '5 min' 90sec 2hours 1.5h 1d 30S '500 steps' 500 0; do
    train "--checkpoint-every $every" -k 3 --checkpoint-every "$every"
done
train "-k=3" -k=3
train "-k3" -k3
train "the last of two counts" -k 2 -k 3
expect_words "the last of two: K" <("$CLUDI" info right) "3"
train "steps as 1e1" -k 3 --steps 1e1
finish
