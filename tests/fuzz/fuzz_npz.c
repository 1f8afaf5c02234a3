/* npz.c, zip_member.c. What begins as a zip is one; anything else is the only member of one, stored with its checksum, so
   that a change of the array leaves a whole zip. */
#include "input_array.h"

#include "npz.h"

enum { LOCAL = 30, CENTRAL = 46, TAIL = 22, NAME = 5, MOST_MEMBER = 65536 };

static const uint8_t MEMBER[NAME] = "a.npy";

static uint32_t checksum(const uint8_t *data, size_t size)
{
    uint32_t sum = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        sum ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320U : 0);
    }
    return ~sum;
}

static uint8_t *put(uint8_t *to, uint32_t value, int size)
{
    for (int i = 0; i < size; i++)
        *to++ = (uint8_t)(value >> 8 * i);
    return to;
}

/* What both headers of a member say, from the version needed to the length of the extra field. */
static uint8_t *put_facts(uint8_t *to, uint32_t sum, uint32_t size)
{
    to = put(to, 20, 2);
    to = put(to, 0, 4);
    to = put(to, 0x21 << 16, 4);
    to = put(to, sum, 4);
    to = put(to, size, 4);
    to = put(to, size, 4);
    return put(to, NAME, 4);
}

static const char *put_zip(const uint8_t *data, uint32_t size)
{
    static uint8_t zip[LOCAL + CENTRAL + 2 * NAME + TAIL + MOST_MEMBER];
    const uint32_t sum = checksum(data, size), directory = LOCAL + NAME + size;
    uint8_t *to = put_facts(put(zip, 0x04034B50, 4), sum, size);
    memcpy(to, MEMBER, NAME);
    memcpy(to + NAME, data, size);
    to = put_facts(put(put(to + NAME + size, 0x02014B50, 4), 20, 2), sum, size);
    memset(to, 0, CENTRAL - 32);
    memcpy(to + CENTRAL - 32, MEMBER, NAME);
    to = put(to + CENTRAL - 32 + NAME, 0x06054B50, 4);
    to = put(put(put(to, 0, 4), 1, 2), 1, 2);
    to = put(put(put(to, CENTRAL + NAME, 4), directory, 4), 0, 2);
    return input_file_put(zip, (size_t)(to - zip));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const bool is_zip = NPZ_FORMAT.is_start(data, size);
    if (size > MOST_MEMBER)
        return 0;
    const char *path = is_zip ? input_file_put(data, size) : put_zip(data, (uint32_t)size);
    input_array_run(&NPZ_FORMAT, path, NULL, NULL);
    input_array_run(&NPZ_FORMAT, path, "a", NULL);
    return 0;
}
