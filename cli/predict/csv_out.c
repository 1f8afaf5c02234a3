#include "answers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "outputs.h"

enum { LONGEST_REAL = 32, FEWEST_DIGITS = 6, MOST_DIGITS = 9, LONGEST_TAIL = 96 };

bool csv_out_is_meant(const char *path)
{
    return path && (out_ending_is(path, ".csv") || out_ending_is(path, ".tsv") || !strcmp(path, "-"));
}

/* Writes text whose delimiters are commas, all of them. */
static int write_cells(const csv_out *out, const char *text)
{
    cludi_error error;
    char cells[LONGEST_TAIL];
    size_t length = strlen(text);
    for (size_t i = 0; i <= length; i++)
        cells[i] = text[i] == ',' ? out->delimiter : text[i];
    return cludi_writer_append(out->writer, cells, (int64_t)length, &error) == CLUDI_OK ? EXIT_DONE
                                                                                        : complain_error(&error);
}

static int write_text(const csv_out *out, const char *text)
{
    cludi_error error;
    return cludi_writer_append(out->writer, text, (int64_t)strlen(text), &error) == CLUDI_OK ? EXIT_DONE
                                                                                             : complain_error(&error);
}

static int begin(csv_out *out, cludi_context *context, const char *path)
{
    cludi_error error;
    const cludi_array text = {CLUDI_ARRAY_TEXT, 0, 1};
    out->delimiter = out_ending_is(path, ".tsv") ? '\t' : ',';
    return cludi_writer_open(context, out_ending_path(path), &text, &out->writer, &error) == CLUDI_OK
               ? EXIT_DONE
               : complain_error(&error);
}

/* The fewest digits that read back to the same float32. */
static void format_real(char text[LONGEST_REAL], float value)
{
    for (int digits = FEWEST_DIGITS; digits <= MOST_DIGITS; digits++) {
        snprintf(text, LONGEST_REAL, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value)
            break;
    }
}

/* In quotes where it has to be (RFC 4180); room for twice the text and three more. */
static void quote(char *to, const char *text)
{
    bool plain = strpbrk(text, ",;\"\r\n\t") == NULL && *text != ' ';
    size_t length = strlen(text);
    if (plain && (length == 0 || text[length - 1] != ' ')) {
        memcpy(to, text, length + 1);
        return;
    }
    *to++ = '"';
    for (; *text; text++) {
        *to++ = *text;
        if (*text == '"')
            *to++ = '"';
    }
    memcpy(to, "\"", sizeof "\"");
}

static int32_t find_runner_up(const float *row, int32_t clusters, int32_t label)
{
    int32_t best = label == 0 ? 1 : 0;
    for (int32_t k = best + 1; k < clusters; k++)
        if (k != label && row[k] > row[best])
            best = k;
    return best;
}

int csv_out_open_labels(csv_out *out, cludi_context *context, const char *path, cludi_dataset *dataset,
                        int32_t clusters)
{
    char id[CLUDI_ID_SIZE];
    cludi_error error;
    *out = (csv_out){.dataset = dataset, .clusters = clusters};
    if (cludi_dataset_read_id(dataset, 0, id, &error) != CLUDI_OK) /* before the work, not behind it */
        return complain_error(&error);
    TRY(begin(out, context, path));
    return write_cells(out, "id,label,confidence,runner_up\n");
}

static int write_label(csv_out *out, int32_t label, const float *row)
{
    cludi_error error;
    char id[CLUDI_ID_SIZE];
    char line[2 * CLUDI_ID_SIZE];
    char tail[LONGEST_TAIL];
    char confidence[LONGEST_REAL];
    if (cludi_dataset_read_id(out->dataset, out->row++, id, &error) != CLUDI_OK)
        return complain_error(&error);
    quote(line, id);
    format_real(confidence, row[label]);
    snprintf(tail, sizeof tail, ",%" PRId32 ",%s,%" PRId32 "\n", label, confidence,
             find_runner_up(row, out->clusters, label));
    TRY(write_text(out, line));
    return write_cells(out, tail);
}

int csv_out_append_labels(csv_out *out, const cludi_prediction *block, int64_t rows)
{
    for (int64_t i = 0; i < rows; i++)
        TRY(write_label(out, block->labels[i], block->probabilities + i * out->clusters));
    return EXIT_DONE;
}

int csv_out_open_proba(csv_out *out, cludi_context *context, const char *path, int32_t clusters)
{
    char name[LONGEST_REAL];
    *out = (csv_out){.clusters = clusters};
    int code = begin(out, context, path);
    for (int32_t k = 0; k < clusters && code == EXIT_DONE; k++) {
        snprintf(name, sizeof name, "p%" PRId32 "%s", k, k + 1 < clusters ? "," : "\n");
        code = write_cells(out, name);
    }
    return code;
}

int csv_out_append_proba(csv_out *out, const float *probabilities, int64_t rows)
{
    char text[LONGEST_REAL + 1];
    int code = EXIT_DONE;
    for (int64_t i = 0; i < rows * out->clusters && code == EXIT_DONE; i++) {
        format_real(text, probabilities[i]);
        strcat(text, (i + 1) % out->clusters ? "," : "\n");
        code = write_cells(out, text);
    }
    return code;
}
