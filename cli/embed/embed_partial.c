#include "embed.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complain.h"
#include "fingerprint.h"
#include "words.h"

enum { HEADER = 64, BEFORE_FEATURES = 8 };

/* What became of an image; 0 is what a hole in a file reads as. */
enum { RECORD_ROW = 1, RECORD_SKIPPED = 2 };

static const double FLUSH_EVERY = 1; /* seconds: what kill -9 may cost */

static int refuse(const embed_partial *partial, const char *what)
{
    return complain("Cannot %s \"%s\": %s.", what, partial->path, strerror(errno));
}

static void format_header(char header[HEADER + 1], uint64_t run, int32_t features)
{
    memset(header, ' ', HEADER);
    int length = snprintf(header, HEADER, "cludi embed 1, run %016" PRIx64 ", features %" PRId32, run, features);
    header[length] = ' ';
    header[HEADER - 1] = '\n';
    header[HEADER] = '\0';
}

static void seal(const embed_partial *partial, uint32_t kind, unsigned char sealed[BEFORE_FEATURES])
{
    uint64_t sum = fingerprint_add(FINGERPRINT_START, &kind, sizeof kind);
    sum = fingerprint_add(sum, partial->record + BEFORE_FEATURES, partial->record_size - BEFORE_FEATURES);
    uint32_t folded = (uint32_t)(sum ^ (sum >> 32));
    memcpy(sealed, &kind, sizeof kind);
    memcpy(sealed + sizeof kind, &folded, sizeof folded);
}

/* RECORD_ROW or RECORD_SKIPPED; 0: there is no whole record. */
static uint32_t read_record(embed_partial *partial)
{
    unsigned char sealed[BEFORE_FEATURES];
    uint32_t kind = 0;
    if (fread(partial->record, partial->record_size, 1, partial->file) != 1)
        return 0;
    memcpy(&kind, partial->record, sizeof kind);
    seal(partial, kind, sealed);
    bool is_whole = (kind == RECORD_ROW || kind == RECORD_SKIPPED) && !memcmp(sealed, partial->record, sizeof sealed);
    return is_whole ? kind : 0;
}

/* Counts the records there are, and cuts off what is behind the last whole one. */
static int take_up(embed_partial *partial)
{
    for (uint32_t kind = read_record(partial); kind != 0; kind = read_record(partial)) {
        partial->images++;
        partial->skipped += kind == RECORD_SKIPPED;
    }
    off_t end = (off_t)(HEADER + partial->images * (int64_t)partial->record_size);
    if (ferror(partial->file) || fflush(partial->file) != 0 || ftruncate(fileno(partial->file), end) != 0 ||
        fseeko(partial->file, end, SEEK_SET) != 0)
        return refuse(partial, "read");
    return EXIT_DONE;
}

static int begin(embed_partial *partial, const char *header)
{
    rewind(partial->file);
    if (ftruncate(fileno(partial->file), 0) != 0 || fwrite(header, HEADER, 1, partial->file) != 1 ||
        fflush(partial->file) != 0)
        return refuse(partial, "write");
    return EXIT_DONE;
}

/* A header that was never finished is one that was never begun. */
static int read_header(embed_partial *partial, const char *header, bool resume)
{
    char found[HEADER];
    size_t got = fread(found, 1, sizeof found, partial->file);
    if (!resume || got < sizeof found)
        return begin(partial, header);
    if (memcmp(found, header, sizeof found) != 0) {
        return complain(
            "\"%s\" is from a run with other images, weights or settings; repeat that command to continue it, or leave "
            "out --resume to replace it.",
            partial->path);
    }
    return take_up(partial);
}

/* Neither a link of any kind nor a pipe, and not made anew: another run may be writing to it. */
static int open_locked(embed_partial *partial)
{
    struct stat facts;
    int descriptor = open(partial->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (descriptor < 0)
        return refuse(partial, "write");
    partial->file = fdopen(descriptor, "r+b");
    if (!partial->file) {
        close(descriptor);
        return complain("Out of memory.");
    }
    if (fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode))
        return complain("Cannot write \"%s\": it is not a regular file.", partial->path);
    if (facts.st_nlink > 1)
        return complain("Cannot write \"%s\": it is a file with another name too.", partial->path);
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return complain("Another cludi embed is writing to \"%s\".", partial->path);
    return EXIT_DONE;
}

int embed_partial_open(embed_partial *partial, const char *path, uint64_t run, int32_t features, bool resume)
{
    char header[HEADER + 1];
    *partial = (embed_partial){.path = path, .features = features, .flushed_at = duration_now()};
    partial->record_size = BEFORE_FEATURES + (size_t)features * sizeof(float);
    partial->record = calloc(1, partial->record_size);
    if (!partial->record)
        return complain("Out of memory.");
    format_header(header, run, features);
    TRY(open_locked(partial));
    TRY(read_header(partial, header, resume));
    partial->is_ours = true;
    return EXIT_DONE;
}

int embed_partial_append(embed_partial *partial, const float *features)
{
    unsigned char *to = partial->record + BEFORE_FEATURES;
    size_t size = partial->record_size - BEFORE_FEATURES;
    if (features)
        memcpy(to, features, size);
    else
        memset(to, 0, size);
    seal(partial, features ? RECORD_ROW : RECORD_SKIPPED, partial->record);
    double now = duration_now();
    bool is_due = now - partial->flushed_at >= FLUSH_EVERY;
    if (fwrite(partial->record, partial->record_size, 1, partial->file) != 1 || (is_due && fflush(partial->file) != 0))
        return refuse(partial, "write");
    partial->flushed_at = is_due ? now : partial->flushed_at;
    partial->images++;
    partial->skipped += !features;
    return EXIT_DONE;
}

int embed_partial_rewind(embed_partial *partial)
{
    return fflush(partial->file) == 0 && fseeko(partial->file, HEADER, SEEK_SET) == 0 ? EXIT_DONE
                                                                                      : refuse(partial, "write");
}

int embed_partial_read(embed_partial *partial, const float **features)
{
    uint32_t kind = read_record(partial);
    *features = kind == RECORD_ROW ? (const float *)(const void *)(partial->record + BEFORE_FEATURES) : NULL;
    return kind != 0 ? EXIT_DONE : complain("\"%s\" was changed while it was read.", partial->path);
}

int embed_partial_close(embed_partial *partial, bool done)
{
    int code = EXIT_DONE;
    if (done && partial->is_ours)
        unlink(partial->path);
    if (partial->file && fclose(partial->file) != 0 && !done)
        code = refuse(partial, "write");
    free(partial->record);
    *partial = (embed_partial){0};
    return code;
}
