#include "embed.h"

#include <inttypes.h>
#include <stdio.h>

#include "json_out.h"

enum { MOST_ENDINGS = 10 };

void embed_passed_text(const cludi_image_list *images, char text[EMBED_PASSED_SIZE])
{
    int64_t files = 0;
    int64_t others = cludi_image_list_passed(images);
    int used = 0;
    const char *ending = NULL;
    text[0] = '\0';
    for (int64_t i = 0; i < MOST_ENDINGS && (ending = cludi_image_list_ending(images, i, &files)) != NULL; i++) {
        const char *between = i > 0 ? ", " : "";
        size_t room = EMBED_PASSED_SIZE - (size_t)used;
        used += *ending ? snprintf(text + used, room, "%s%s %" PRId64, between, ending, files)
                        : snprintf(text + used, room, "%s%" PRId64 " without an extension", between, files);
        others -= files;
    }
    if (others > 0)
        snprintf(text + used, EMBED_PASSED_SIZE - (size_t)used, ", and %" PRId64 " with other extensions", others);
}

json_t *embed_passed_json(const cludi_image_list *images)
{
    int64_t files = 0;
    const char *ending = NULL;
    json_t *object = json_object();
    for (int64_t i = 0; object && (ending = cludi_image_list_ending(images, i, &files)) != NULL; i++) {
        json_t *key = json_out_text(ending);
        json_object_set_new(object, json_string_value(key), json_integer((json_int_t)files));
        json_decref(key);
    }
    return object;
}
