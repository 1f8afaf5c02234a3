#!/bin/bash
# The lines that cludi prints for files and folders that it does not read, copied into a shell, make what it reads: the same rows.
# convertible.py makes them, as far as Python's packages are here. The program does little here, so that it is noasan.
. "$(dirname "$0")/lib.sh"
/usr/bin/python3 "$HERE/convertible.py" . >names 2>missing || { skip "conversions" "no NumPy: $(tail -n 1 missing)" && exit 77; }
while read -r line; do skip "conversions" "$line"; done <missing

# python3 -c CODE is done by children of one Python, which has the packages loaded: importing torch takes seconds.
cat >server.py <<'EOF'
import contextlib, os, sys, traceback
import numpy as np
for name in "pandas", "torch", "scipy.io", "scipy.sparse", "joblib", "h5py", "anndata":
    with contextlib.suppress(ImportError):
        __import__(name)

def load(path):
    if path.endswith(".npy"):
        return np.load(path)
    if path.endswith(".h5ad"):
        return sys.modules["h5py"].File(path)["obsm/X_pca"][()]
    return np.loadtxt(path, delimiter=",", skiprows=int(open(path).read(1).isalpha()))

def compare(path, wanted):
    got = load(path)
    assert np.array_equal(got.astype("f4"), np.load(wanted).astype("f4"))

for request in iter(sys.stdin.readline, ""):
    child = os.fork()
    if child == 0:
        failed = True
        try:
            exec(open("code").read(), {"compare": compare} if request == "own\n" else {})
            failed = False
        except BaseException:
            with open("said", "a") as said:
                traceback.print_exc(file=said)
        os._exit(failed)  # the usual end of an interpreter with these packages takes a second
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
EOF
mkfifo requests answers
/usr/bin/python3 server.py <requests >answers &
exec 8>requests 9<answers
mkdir bin
cat >bin/python3 <<'EOF'
#!/bin/bash
printf %s "$2" >code && echo "${3-line}" >&8 && read -r code <&9 && exit "$code"
EOF
chmod +x bin/python3
PATH=$WORK/bin:$PATH

# The command in the sentence of the last run; what stands in parentheses is for files without headers.
command_of() {
    if [ "$1" = bare ]; then
        sed 's/.*(without headers: \(.*\))\.$/\1/' err
    else
        sed 's/ (without .*//' err | grep -oE 'python3 -c "[^"]*"|(gunzip|cat|zstd -d) [^;]*' | sed 's/[. ]*$//'
    fi
}
# Does what the sentences say until there is something that cludi reads: $input.
convert() {
    input=$1
    rm -f rows.* data.h5ad unpacked said
    for _ in 1 2 3; do
        run info "$input"
        [ $code -ne 0 ] || return 0
        command_of "$1" >line
        bash -e line >>said 2>&1 || return 1
        case $(cat line) in
        "gunzip <"*) input=unpacked ;;
        gunzip*) input=${input%.gz} ;;
        *) input=$(ls -t rows.* data.h5ad 2>/dev/null | head -n 1) ;;
        esac
    done
}
while read -r name; do
    convert "$name"
    if python3 -c "compare('$input', '$name.wanted.npy')" own; then
        ok "$name"
    else
        fail "$name" "$(cat err) $(cat line) $(tail -n 3 said)"
    fi
done <names
finish
