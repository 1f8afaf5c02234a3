#include "words.h"

const char *input_name(cludi_input input)
{
    switch (input) {
    case CLUDI_INPUT_UNIT:
        return "unit";
    case CLUDI_INPUT_DIRECTIONS:
        return "directions";
    case CLUDI_INPUT_COORDINATES:
        return "coordinates";
    case CLUDI_INPUT_AUTO:
        break;
    }
    return "auto";
}

const char *input_words(cludi_input input)
{
    switch (input) {
    case CLUDI_INPUT_UNIT:
        return "scaled to norm 1";
    case CLUDI_INPUT_DIRECTIONS:
        return "mean taken away, scaled to norm 1";
    case CLUDI_INPUT_COORDINATES:
        return "coordinates, put on a sphere";
    case CLUDI_INPUT_AUTO:
        break;
    }
    return "not chosen yet";
}
