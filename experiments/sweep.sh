# What the sweeps share; sourced. sweep USAGE-LINE PARAM=VALUES... -- DATA K LABELS OUT [OPTION OF SWEEP...]
sweep() {
    usage=$1 params=
    shift
    while [ "$1" != -- ]; do
        params="$params --param $1"
        shift
    done
    shift
    [ $# -ge 4 ] || { echo "usage: $usage DATA K LABELS OUT [OPTION OF cludi sweep...]" >&2 && exit 2; }
    data=$1 clusters=$2 labels=$3 out=$4
    shift 4
    # shellcheck disable=SC2086
    "${CLUDI:-cludi}" sweep "$data" -k "$clusters" --labels "$labels" -o "$out" --method cludi $params "$@"
    echo "The picture is $out/sweep.svg."
}
