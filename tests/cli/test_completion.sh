#!/bin/bash
# What bash and zsh complete, asked of the shells themselves.
. "$(dirname "$0")/lib.sh"
"$CLUDI" --print-completion bash >cludi.bash
"$CLUDI" --print-completion zsh >_cludi
mkdir folder
: >file.npy
: >'a file.npy'

# WORD...: the last one is being typed. Prints what bash would offer, a line each.
offers() {
    bash -c 'source ./cludi.bash; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _cludi; printf "%s\n" "${COMPREPLY[@]}"' bash cludi "$@"
}

offered() { # NAME 'EXPECTED LINES' WORD...
    local name=$1 expected=$2
    shift 2
    offers "$@" >offered
    expect_text "$name" offered "$expected"$'\n'
}

has() { # NAME 'LINES THAT ARE OFFERED' WORD...
    local name=$1 line
    shift
    local lines=$1
    shift
    offers "$@" >offered
    for line in $lines; do
        grep -qxF -- "$line" offered || fail "$name" "no '$line' among: $(tr '\n' ' ' <offered)"
    done
    ok "$name"
}

offered "a command" fit fi
offered "two commands" $'plan\npredict' p
has "all commands" "embed fit plan predict eval compare sweep verify info help version" ""
offered "help of a command" sweep help sw
offered "an option" --preset fit d.npy --pres
offered "a parameter" --snr-weight fit d.npy --snr-w
offered "an option of one command alone" "" predict m d --snr-w
offered "a choice" $'default\npaper' fit --preset ""
offered "a choice, begun" onednn fit --backend on
offered "a choice behind =" onednn fit --backend = on
offered "all choices behind =" $'auto\nf32\nbf16' fit --precision =
offered "a choice of a parameter" $'max\nmin' fit d.npy -k 3 --snr-weight m
offered "methods" kmeans fit --method km
offered "a list of methods" kmeans compare d.npy --methods km
offered "parameters to vary" snr-weight= sweep d.npy --param snr-w
offered "a number" "" fit --temperature ""
for option in -k --clusters --seed --threads --memory --id-column --drop --checkpoint-every; do
    offered "no file for fit $option" "" fit $option ""
done
offered "no file for a number of images" "" embed --batch ""
offered "no file for a name" "" predict --obs ""
for option in --labels -o --output; do
    offered "a file for fit $option" $'a file.npy' fit $option 'a f'
done
for option in -o --proba --embedding; do
    offered "a file for predict $option" file.npy predict $option fi
done
offered "a file" file.npy fit fi
offered "a file with a blank" 'a file.npy' fit 'a f'
offered "a file as a value" file.npy fit -o fi
offered "a folder as a value" folder compare d.npy -o f
offered "options of no command" "" nonsense --x

# Every option of every command, and every choice, is there: nothing is listed by hand.
for command in embed fit plan predict eval compare sweep verify info; do
    "$CLUDI" $command --help | grep -oE '^  (-., )?--[A-Za-z0-9-]+' | grep -oE -- '--.*' | sort >help
    offers $command -- >offered
    sort offered >sorted
    expect_same "$command: all options" sorted help
done

if command -v zsh >/dev/null; then
    # compadd keeps what would be offered; zpty is the terminal that completion wants.
    zsh -f -c '
        autoload -Uz compinit && compinit -D -u
        zmodload zsh/zutil
        source ./_cludi 2>/dev/null
        whence -w _cludi' >out 2>&1
    expect_words "zsh takes the function" out "_cludi: function"
    zsh -n ./_cludi && ok "zsh: syntax" || fail "zsh: syntax" "see above"
else
    skip "zsh" "there is none"
fi
run --print-completion fish
expect_code "another shell" 2
expect_words "another shell: said" err "bash or zsh"
run --print-manual
expect_code "a manual of nothing" 0
"$CLUDI" --print-manual <<<'@NONSENSE' >out 2>err && fail "a wrong line" "exit code 0" || expect_words "a wrong line" err "@NONSENSE"
finish
