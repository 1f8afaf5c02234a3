#include "image_format.h"

/* HEIF and its kinds tell themselves by the brand behind "ftyp". */
static const image_format FORMATS[] = {
    {"JPEG", "jpegload_source", "\xFF\xD8\xFF", 3, false},
    {"PNG", "pngload_source", "\x89PNG\r\n\x1A\n", 8, false},
    {"WebP", "webpload_source", "RIFF\?\?\?\?WEBP", 12, false},
    {"TIFF", "tiffload_source", "II*\0", 4, false},
    {"TIFF", "tiffload_source", "MM\0*", 4, false},
    {"TIFF", "tiffload_source", "II+\0", 4, false},
    {"TIFF", "tiffload_source", "MM\0+", 4, false},
    {"GIF", "gifload_source", "GIF87a", 6, false},
    {"GIF", "gifload_source", "GIF89a", 6, false},
    {"BMP", NULL, "BM", 2, true},
    {"HEIC", "heifload_source", "\?\?\?\?ftyphei", 11, true},
    {"HEIC", "heifload_source", "\?\?\?\?ftyphev", 11, true},
    {"HEIF", "heifload_source", "\?\?\?\?ftypmif", 11, true},
    {"HEIF", "heifload_source", "\?\?\?\?ftypmsf", 11, true},
    {"AVIF", "heifload_source", "\?\?\?\?ftypavi", 11, true},
    {"JPEG 2000", "jp2kload_source", "\0\0\0\x0CjP  \r\n\x87\n", 12, true},
    {"JPEG 2000", "jp2kload_source", "\xFF\x4F\xFF\x51", 4, true},
    {"JPEG XL", "jxlload_source", "\0\0\0\x0CJXL \r\n\x87\n", 12, true},
    {"JPEG XL", "jxlload_source", "\xFF\x0A", 2, true},
};

static bool has_start(const image_format *format, const char *bytes, size_t got)
{
    bool same = got >= format->length;
    for (size_t i = 0; same && i < format->length; i++)
        same = format->start[i] == '?' || format->start[i] == bytes[i];
    return same;
}

const image_format *image_format_find(const char *bytes, size_t got)
{
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++)
        if (has_start(&FORMATS[i], bytes, got))
            return &FORMATS[i];
    return NULL;
}
