#include "facts.h"

#include <inttypes.h>
#include <stdio.h>

#include <cludi/cludi.h>

#include "complain.h"
#include "json_out.h"

enum { MOST_SHOWN = 20, LONGEST_NAME = 1024, LONGEST_SHAPE = 192 };

static void add_tensor(void *user, const cludi_tensor_info *tensor)
{
    tensor_facts *facts = user;
    json_t *shape = json_array();
    for (int32_t i = 0; i < tensor->dimensions; i++)
        json_out_append(&shape, json_integer((json_int_t)tensor->shape[i]));
    json_out_append(&facts->tensors,
                    json_pack("{s:s, s:s, s:o}", "name", tensor->name, "dtype", tensor->dtype, "shape", shape));
}

int tensor_facts_read(tensor_facts *facts, cludi_context *context, const char *path)
{
    cludi_error error;
    *facts = (tensor_facts){.tensors = json_array(), .encoder.struct_size = sizeof facts->encoder};
    if (cludi_file_list_tensors(context, path, add_tensor, facts, &error) != CLUDI_OK)
        return complain_error(&error);
    if (!facts->tensors)
        return complain("Out of memory for the tensors of \"%s\".", path);
    facts->is_encoder = cludi_encoder_describe(context, path, &facts->encoder, &error) == CLUDI_OK;
    return EXIT_DONE;
}

static void print_encoder(const cludi_encoder_info *encoder)
{
    printf("encoder          a Vision Transformer that 'cludi embed' takes: %" PRId32 " features, %" PRId32
           " blocks, patches of %" PRId32 ", images of %" PRId32 " pixels",
           encoder->features, encoder->depth, encoder->patch, encoder->image_size);
    if (encoder->heads > 0)
        printf(", %" PRId32 " heads\n", encoder->heads);
    else
        puts("; give --heads");
}

static void print_tensor(const json_t *tensor)
{
    char name[LONGEST_NAME];
    char shape[LONGEST_SHAPE] = "one number";
    size_t used = 0;
    size_t i = 0;
    const json_t *length = NULL;
    cludi_text_escape(name, sizeof name, json_string_value(json_object_get(tensor, "name")));
    json_array_foreach(json_object_get(tensor, "shape"), i, length)
    {
        used += (size_t)snprintf(shape + used, sizeof shape - used, "%s%" JSON_INTEGER_FORMAT, i ? " x " : "",
                                 json_integer_value(length));
    }
    printf("  %-40s %-5s %s\n", name, json_string_value(json_object_get(tensor, "dtype")), shape);
}

void tensor_facts_print(const tensor_facts *facts)
{
    size_t count = json_array_size(facts->tensors);
    if (facts->is_encoder)
        print_encoder(&facts->encoder);
    printf("tensors          %zu\n", count);
    for (size_t i = 0; i < count && i < MOST_SHOWN; i++)
        print_tensor(json_array_get(facts->tensors, i));
    if (count > MOST_SHOWN)
        printf("  and %zu more; --json has all of them\n", count - MOST_SHOWN);
}

static json_t *make_encoder(const cludi_encoder_info *encoder)
{
    return json_pack("{s:i, s:i, s:o, s:i, s:i, s:i}", "features", (int)encoder->features, "depth", (int)encoder->depth,
                     "heads", encoder->heads > 0 ? json_integer(encoder->heads) : json_null(), "patch",
                     (int)encoder->patch, "image_size", (int)encoder->image_size, "registers", (int)encoder->registers);
}

json_t *tensor_facts_json(const tensor_facts *facts)
{
    return json_pack("{s:o, s:O}", "encoder", facts->is_encoder ? make_encoder(&facts->encoder) : json_null(),
                     "tensors", facts->tensors);
}

void tensor_facts_clear(tensor_facts *facts)
{
    json_decref(facts->tensors);
    facts->tensors = NULL;
}
