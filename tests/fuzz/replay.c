/* The main program of a harness without libFuzzer: runs the inputs that its arguments name, files or folders of files. */
#include "input_file.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

enum { LONGEST = 1 << 20 };

static int run_file(const char *path)
{
    static uint8_t bytes[LONGEST];
    FILE *file = fopen(path, "rb");
    input_must(file != NULL, path);
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    /* A copy of its own size, as libFuzzer does it. */
    uint8_t *data = input_memory((int64_t)size + 1, 1);
    memcpy(data, bytes, size);
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 1;
}

static int run_folder(const char *path)
{
    char name[4096];
    int count = 0;
    DIR *folder = opendir(path);
    input_must(folder != NULL, path);
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        count += run_file(name);
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;
    for (int i = 1; i < argc; i++) {
        struct stat found;
        input_must(stat(argv[i], &found) == 0, argv[i]);
        count += S_ISDIR(found.st_mode) ? run_folder(argv[i]) : run_file(argv[i]);
    }
    printf("%d inputs\n", count);
    return count > 0 ? 0 : 1;
}
