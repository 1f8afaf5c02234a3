/* What kind of file the first bytes of it say, where a fixed word at a fixed place does not. */
#ifndef IO_SNIFF_H
#define IO_SNIFF_H

#include <stdbool.h>
#include <stddef.h>

/* JSON: {...} in each line; what data frames of pandas become with orient=split, table and index; with a list of numbers
   somewhere; any. */
bool sniff_json_lines(const unsigned char *bytes, size_t size);
bool sniff_json_split(const unsigned char *bytes, size_t size);
bool sniff_json_schema(const unsigned char *bytes, size_t size);
bool sniff_json_index(const unsigned char *bytes, size_t size);
bool sniff_json_vectors(const unsigned char *bytes, size_t size);
bool sniff_json(const unsigned char *bytes, size_t size);

/* Words and vectors: with a line of two counts before them, in text or binary; without, in text. */
bool sniff_word2vec_text(const unsigned char *bytes, size_t size);
bool sniff_word2vec_binary(const unsigned char *bytes, size_t size);
bool sniff_glove(const unsigned char *bytes, size_t size);

bool sniff_text(const unsigned char *bytes, size_t size);
bool sniff_markup(const unsigned char *bytes, size_t size);
bool sniff_arff(const unsigned char *bytes, size_t size);
bool sniff_svmlight(const unsigned char *bytes, size_t size);
bool sniff_arrow_stream(const unsigned char *bytes, size_t size);
bool sniff_pickle(const unsigned char *bytes, size_t size);
bool sniff_joblib(const unsigned char *bytes, size_t size);
bool sniff_bzip2(const unsigned char *bytes, size_t size);
bool sniff_bmp(const unsigned char *bytes, size_t size);
bool sniff_webp(const unsigned char *bytes, size_t size);

#endif
