#include "strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void strbuf_init(strbuf *buffer, const cludi_allocator *allocator)
{
    *buffer = (strbuf){.allocator = allocator};
}

void strbuf_clear(strbuf *buffer)
{
    alloc_free(buffer->allocator, buffer->text);
    buffer->text = NULL;
    buffer->length = buffer->capacity = 0;
}

static bool reserve(strbuf *buffer, size_t capacity)
{
    if (capacity <= buffer->capacity)
        return true;
    size_t wanted = capacity * 2;
    char *text = alloc_array(buffer->allocator, (int64_t)wanted, 1);
    if (!text)
        return false;
    if (buffer->text)
        memcpy(text, buffer->text, buffer->length + 1);
    alloc_free(buffer->allocator, buffer->text);
    buffer->text = text;
    buffer->capacity = wanted;
    return true;
}

void strbuf_printf(strbuf *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0 || buffer->failed || !reserve(buffer, buffer->length + (size_t)length + 1)) {
        buffer->failed = true;
    } else {
        vsnprintf(buffer->text + buffer->length, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
    }
    va_end(again);
    va_end(arguments);
}
