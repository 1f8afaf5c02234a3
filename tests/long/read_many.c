/* read_many: what the library makes of each file whose path is a line of stdin, for tests of many files. On stdout, file
   after file, a line and what it announces:
     rows ROWS COLS    then so many float32, row after row
     labels COUNT      then so many int32
     header DTYPE      an array that is neither rows nor labels
     refused SENTENCE */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cludi/cludi.h>

static void refuse(const cludi_error *error)
{
    printf("refused %s\n", error->message);
}

static void read_rows(cludi_context *context, const char *path)
{
    cludi_dataset *dataset;
    cludi_error error;
    if (cludi_dataset_read(context, path, &dataset, &error) != CLUDI_OK) {
        refuse(&error);
        return;
    }
    const cludi_matrix rows = cludi_dataset_get_matrix(dataset);
    printf("rows %lld %lld\n", (long long)rows.rows, (long long)rows.cols);
    fwrite(rows.data, sizeof(float), (size_t)(rows.rows * rows.cols), stdout);
    cludi_dataset_free(dataset);
}

static void read_labels(cludi_context *context, const char *path)
{
    cludi_labels labels;
    cludi_error error;
    if (cludi_labels_read(context, path, &labels, &error) != CLUDI_OK) {
        refuse(&error);
        return;
    }
    printf("labels %lld\n", (long long)labels.rows);
    fwrite(labels.data, sizeof(int32_t), (size_t)labels.rows, stdout);
    cludi_labels_clear(context, &labels);
}

static void read_file(cludi_context *context, const char *path)
{
    cludi_file_info info;
    cludi_error error;
    int64_t count = 1;
    if (cludi_file_describe(context, path, &info, &error) != CLUDI_OK) {
        refuse(&error);
        return;
    }
    for (int32_t i = 0; i < info.dimensions && count > 0; i++)
        count = info.shape[i] == 0 ? 0 : count;
    if (count > 0 && info.dimensions == 2)
        read_rows(context, path);
    else if (count > 0 && info.dimensions == 1)
        read_labels(context, path);
    else
        printf("header %s\n", info.dtype);
}

int main(void)
{
    static char path[65536];
    cludi_context *context;
    if (cludi_context_new(NULL, &context, NULL) != CLUDI_OK)
        return 1;
    while (fgets(path, sizeof path, stdin)) {
        path[strcspn(path, "\n")] = '\0';
        read_file(context, path);
    }
    cludi_context_free(context);
    return fflush(stdout) != 0;
}
