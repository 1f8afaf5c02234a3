#!/bin/bash
# coverage.sh: which lines of the parsers the tests reach, by gcov. Prints a table and fails below MOST percent of any file;
# the lines that were not reached are in build-coverage/lines. Run in the repository root.
set -euo pipefail
least=95
# What reads files: all of the folder io but what writes, and what stands between the library and its module for HDF5; models.
mapfile -t parsers < <(find src -path '*/io/*.c' ! -name 'out_*' ! -name 'h5ad_*' ! -name '*_writer.c' ! -name 'hdf5_absent.c' \
    ! -name 'hdf5_entry.c' ! -name 'hdf5_load.c' -o -name checkpoint_file.c -o -name model_file.c | sort)
stems=$(basename -s .c "${parsers[@]}" | paste -sd '|')
tests="^(unit_($stems|h5ad_writer|hdf5_columns|hdf5_columns_full|hdf5_refusals)|fuzz_.*|golden_vit|api_(model_errors|checkpoint_errors|column_names|encoder_errors|out_of_memory)|property_(checkpoint|fork|hdf5_predictions)|cli_(anndata|columns|formats))\$"

# Lines that do not count: file, a part of the line, and why no test reaches it.
excluded() {
    cat <<'TABLE'
io/zip_member.c | zip_error_strerror(problem)); | libzip fails at reading or memory: no test makes its own calls fail
io/zip_member.c | return error_memory(error, "unzipping") | the same
io/zip_member.c | member->path, strerror(errno) | dup and lseek of an open file do not fail
io/zip_member.c | if (copy >= 0) | the same
io/zip_member.c | close(copy); | the same
io/unzip.c | return error_memory(error, "unzipping") | zlib's own memory, which no allocator of ours gives
io/hdf5_dataset.c | default: | libhdf5 knows no other layout
io/hdf5_dataset.c | "has a layout that cannot be read" | the same
io/hdf5_dataset.c | return hdf5_fail(e->layout->name, error); | libhdf5 does not fail at properties of a dataset that it opened
io/hdf5_dataset.c | "has chunks of another number of dimensions" | libhdf5 opens no such dataset
io/hdf5_dataset.c | "has chunks that are empty or too large" | the same
io/hdf5_driver.c | return NULL; | libhdf5's own memory, which no allocator of ours gives
io/hdf5_driver.c | static int compare( | libhdf5 asks when two files are open, and there is one
io/hdf5_driver.c | return a == b ? 0 | the same
io/hdf5_driver.c | continue; | reading and writing files of a disk are not interrupted, and do not fail at open files
io/hdf5_driver.c | *file->write_error = errno; | cutting a file that was just written does not fail
io/hdf5_header.c | is not where it should be | libhdf5 opened the object there
io/hdf5_header.c | return hdf5_fail(name, error); | libhdf5 does not fail at an object that it opened
io/hdf5_library.c | cannot be read as HDF5.", path); | only without a session
io/hdf5_library.c | after_fork_in_child(void) | property_fork does, in children, which leave no counts
io/hdf5_library.c | alone = (pthread_mutex_t)PTHREAD | the same
io/hdf5_library.c | abandoned = abandoned | the same
io/hdf5_library.c | return error_set(error, CLUDI_ERROR_UNSUPPORTED, | the same
TABLE
}

cmake --preset coverage --log-level=WARNING >/dev/null
mapfile -t programs < <(ctest --test-dir build-coverage -N -R "$tests" -E '^cli_|_full$' | sed -n 's/^ *Test *#[0-9]*: //p')
cmake --build --preset coverage --target cludi --target cludi_hdf5 "${programs[@]/#/--target=}" >&2
find build-coverage -name '*.gcda' -delete
ctest --test-dir build-coverage -R "$tests" --output-on-failure -j "$(nproc)" >build-coverage/tests.log 2>&1 ||
    { cat build-coverage/tests.log >&2 && exit 1; }

# What gcov says of one file, which may be in the library and in its module for HDF5: lines that count, lines reached in either; those
# that were not go to build-coverage/lines.
measure() { # src/FOLDER/FILE.c
    local data
    mapfile -t data < <(find build-coverage/src -name "${1##*/}.gcda")
    [ "${#data[@]}" -gt 0 ] || { echo "0 0" && return; }
    gcov --stdout "${data[@]}" | awk -v wanted="$1" -v stem="${1#src/}" -v rules="$(excluded)" -v lines=build-coverage/lines '
        BEGIN { count = split(rules, rule, "\n") }
        function is_excluded(i, part) {
            for (i = 1; i <= count; i++) {
                split(rule[i], part, " \\| ")
                if (part[1] == stem && index($0, part[2])) return 1
            }
            return 0
        }
        /^ *-: *0:Source:/ { inside = substr($0, length($0) - length(wanted) + 1) == wanted; next }
        !inside { next }
        { line = substr($0, 11) }
        /^ *[0-9]+\*?:/ { reached[line] = 1; all[line] = 1 }
        /^ *(#####|=====):/ && !is_excluded() { all[line] = 1 }
        END {
            for (line in all) {
                lines_all++
                if (line in reached) lines_reached++
                else print stem ": " line >> lines
            }
            print lines_all + 0, lines_reached + 0
        }'
}

: >build-coverage/lines
failed=0
printf '%-26s %6s %8s %8s\n' parser lines reached percent
for parser in "${parsers[@]}"; do
    read -r all reached < <(measure "$parser")
    printf '%-26s %6d %8d %7d.%d\n' "${parser#src/}" "$all" "$reached" $((all ? 100 * reached / all : 0)) $((all ? 1000 * reached / all % 10 : 0))
    [ "$all" -gt 0 ] && [ $((100 * reached)) -ge $((least * all)) ] || failed=1
done
[ $failed = 0 ] || { echo "coverage.sh: below $least %; build-coverage/lines has what was not reached" >&2 && cat build-coverage/lines >&2; }
exit $failed
