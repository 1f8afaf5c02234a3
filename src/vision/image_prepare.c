#include "image_prepare.h"

#include <math.h>

#include "error.h"

enum { CHANNELS = 3, LONGEST_SHORTER_SIDE = 11586 /* the root of IMAGE_MOST_PIXELS */ };

static const float MEAN[CHANNELS] = {0.485F, 0.456F, 0.406F};
static const float DEVIATION[CHANNELS] = {0.229F, 0.224F, 0.225F};

int32_t image_resize_side(int32_t size)
{
    return (16 * size + 7) / 14;
}

/* The middle of what is left over, halves to the even number. */
static int32_t halve(int32_t rest)
{
    int32_t half = rest / 2;
    return rest % 2 != 0 && half % 2 != 0 ? half + 1 : half;
}

static bool is_turned(int32_t orientation)
{
    return orientation >= 5;
}

static bool is_flipped_across(int32_t orientation)
{
    return orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
}

static bool is_flipped_down(int32_t orientation)
{
    return orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
}

image_crop image_crop_find(int32_t width, int32_t height, int32_t orientation, int32_t size)
{
    int64_t side = image_resize_side(size);
    image_crop crop = {.columns = (int32_t)side, .rows = (int32_t)side};
    if (width <= height)
        crop.rows = (int32_t)(height * side / width);
    else
        crop.columns = (int32_t)(width * side / height);
    int32_t across = crop.columns - size, down = crop.rows - size;
    crop.left = is_flipped_across(orientation) ? across - halve(across) : halve(across);
    crop.top = is_flipped_down(orientation) ? down - halve(down) : halve(down);
    return crop;
}

/* Weights of an axis of any image that is let in. A side is resized by at most twice the factor of the shorter one. */
static int64_t most_weights(int32_t size)
{
    double most = 2.0 * LONGEST_SHORTER_SIDE / image_resize_side(size) + 1;
    const resample_axis axis = {.extent = most, .size = 1, .count = size};
    return resample_weights_size(&axis);
}

static void fill_levels(image_reader *reader)
{
    for (int c = 0; c < CHANNELS; c++)
        for (int v = 0; v < 256; v++)
            reader->levels[c][v] = ((float)v / 255.0F - MEAN[c]) / DEVIATION[c];
}

cludi_status image_reader_init(image_reader *reader, int32_t size, const atomic_bool *stop,
                               const cludi_allocator *allocator, cludi_error *error)
{
    const int64_t square = (int64_t)CHANNELS * size * size;
    *reader = (image_reader){.allocator = allocator, .size = size, .stop = stop};
    reader->levels = alloc_array(allocator, CHANNELS, sizeof *reader->levels);
    for (int i = 0; i < 2; i++)
        reader->numbers[i] = alloc_array(allocator, most_weights(size), sizeof(int32_t));
    reader->sums = alloc_array(allocator, square, sizeof(int32_t));
    reader->strip = alloc_array(allocator, (int64_t)IMAGE_STRIP * CHANNELS * IMAGE_MOST_SIDE, 1);
    reader->planes = alloc_array(allocator, (int64_t)CHANNELS * IMAGE_MOST_SIDE, 1);
    reader->row = alloc_array(allocator, (int64_t)CHANNELS * size, 1);
    reader->square = alloc_array(allocator, square, 1);
    if (!reader->levels || !reader->numbers[0] || !reader->numbers[1] || !reader->sums || !reader->strip ||
        !reader->planes || !reader->row || !reader->square)
        return error_memory(error, "reading images");
    fill_levels(reader);
    return CLUDI_OK;
}

void image_reader_clear(image_reader *reader)
{
    void *const blocks[] = {reader->levels, reader->numbers[0], reader->numbers[1], reader->sums,
                            reader->strip,  reader->planes,     reader->row,        reader->square};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        alloc_free(reader->allocator, blocks[i]);
    *reader = (image_reader){0};
}

/* RGB side by side to three planes, the columns that the weights reach. */
static void split(const resample_weights *columns, const uint8_t *rgb, uint8_t *planes)
{
    int32_t last = columns->count - 1;
    for (int32_t i = columns->begin[0]; i < columns->begin[last] + columns->length[last]; i++)
        for (int c = 0; c < CHANNELS; c++)
            planes[(int64_t)c * IMAGE_MOST_SIDE + i] = rgb[CHANNELS * i + c];
}

/* All rows are read, also those that nothing is taken from: only then is an image known to be whole. */
static cludi_status fill_square(image_reader *reader, image_file *image, const image_crop *crop, cludi_error *error)
{
    const double shrink = image->shrink;
    const resample_axis across = {image->columns, image->width / shrink, crop->columns, crop->left, reader->size};
    const resample_axis down = {image->rows, image->height / shrink, crop->rows, crop->top, reader->size};
    resample_weights columns, lines;
    resample_rows rows;
    resample_weights_fill(&columns, &across, reader->numbers[0]);
    resample_weights_fill(&lines, &down, reader->numbers[1]);
    resample_rows_begin(&rows, &lines, CHANNELS * reader->size, reader->sums);
    for (int32_t at = 0; at < image->rows; at += IMAGE_STRIP) {
        int32_t count = image->rows - at < IMAGE_STRIP ? image->rows - at : IMAGE_STRIP;
        if (reader->stop && atomic_load(reader->stop))
            return error_set(error, CLUDI_STOPPED, "Stopped while \"%s\" was read.", image->path);
        TRY(image_file_read(image, at, count, reader->strip, error));
        for (int32_t i = 0; i < count; i++) {
            if (rows.done == reader->size || at + i < lines.begin[0])
                continue;
            split(&columns, reader->strip + (int64_t)CHANNELS * image->columns * i, reader->planes);
            resample_row(&columns, reader->planes, IMAGE_MOST_SIDE, reader->row);
            resample_rows_add(&rows, at + i, reader->row, reader->square);
        }
    }
    return CLUDI_OK;
}

/* Turns the square upright and looks its levels up. */
static void write_pixels(const image_reader *reader, int32_t orientation, float *pixels)
{
    const int32_t size = reader->size, last = size - 1;
    for (int c = 0; c < CHANNELS; c++) {
        for (int32_t y = 0; y < size; y++) {
            for (int32_t x = 0; x < size; x++) {
                int32_t column = is_turned(orientation) ? y : x, row = is_turned(orientation) ? x : y;
                column = is_flipped_across(orientation) ? last - column : column;
                row = is_flipped_down(orientation) ? last - row : row;
                uint8_t level = reader->square[((int64_t)row * CHANNELS + c) * size + column];
                pixels[((int64_t)c * size + y) * size + x] = reader->levels[c][level];
            }
        }
    }
}

static cludi_status read_once(image_reader *reader, const char *path, float *pixels, cludi_error *error)
{
    image_file image;
    cludi_status status = image_file_open(&image, path, image_resize_side(reader->size), error);
    if (status)
        return status;
    const image_crop crop = image_crop_find(image.width, image.height, image.orientation, reader->size);
    status = fill_square(reader, &image, &crop, error);
    if (!status)
        write_pixels(reader, image.orientation, pixels);
    image_file_close(&image);
    return status;
}

/* A damaged image is read again, alone, so that the reason is its own. */
cludi_status image_reader_read(image_reader *reader, const char *path, float *pixels, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    for (int alone = 0; alone < 2; alone++) {
        image_file_begin(alone);
        status = read_once(reader, path, pixels, error);
        image_file_end();
        if (status != CLUDI_ERROR_FORMAT)
            break;
    }
    return status;
}
