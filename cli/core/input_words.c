#include "words.h"

const char *input_name(cludi_preprocessing input)
{
    switch (input) {
    case CLUDI_PREPROCESSING_UNIT:
        return "unit";
    case CLUDI_PREPROCESSING_DIRECTIONS:
        return "directions";
    case CLUDI_PREPROCESSING_COORDINATES:
        return "coordinates";
    case CLUDI_PREPROCESSING_AUTO:
        break;
    }
    return "auto";
}

const char *input_words(cludi_preprocessing input)
{
    switch (input) {
    case CLUDI_PREPROCESSING_UNIT:
        return "scaled to norm 1";
    case CLUDI_PREPROCESSING_DIRECTIONS:
        return "mean taken away, scaled to norm 1";
    case CLUDI_PREPROCESSING_COORDINATES:
        return "coordinates, put on a sphere";
    case CLUDI_PREPROCESSING_AUTO:
        break;
    }
    return "not chosen yet";
}
