#include "assignment.h"

#include "alloc.h"
#include "error.h"

/* A problem turned so that it is never higher than wide, and the state of the search. Lines are the shorter side,
   places the longer; the cost of a line in a place is minus its weight. */
typedef struct solver {
    const int64_t *weights;
    int64_t line_stride, place_stride; /* how far apart the weights of neighboring lines and places are */
    int64_t lines, places;             /* lines <= places */
    int64_t *line_price;               /* (lines): dual u */
    int64_t *place_price;              /* (places): dual v, <= 0, and 0 where a place is free */
    int64_t *place_of;                 /* (lines): -1 where not matched yet */
    int64_t *line_of;                  /* (places): -1 where free */
    int64_t *distance;                 /* (places): shortest path from the new line */
    int64_t *previous;                 /* (places): the line before on that path */
    int64_t *order;                    /* (places): first the settled places, then the others */
} solver;

static int64_t get_reduced_cost(const solver *s, int64_t line, int64_t place)
{
    int64_t weight = s->weights[line * s->line_stride + place * s->place_stride];
    return -weight - s->line_price[line] - s->place_price[place];
}

/* Shortens the paths to the unsettled places by going over line, which is `so_far` away.
   Returns where in s->order the nearest place is; of equally near ones a free place, which ends the search. */
static int64_t relax_from(solver *s, int64_t line, int64_t so_far, int64_t settled)
{
    int64_t nearest = settled;
    for (int64_t k = settled; k < s->places; k++) {
        int64_t place = s->order[k], best = s->order[nearest];
        int64_t distance = so_far + get_reduced_cost(s, line, place);
        if (distance < s->distance[place]) {
            s->distance[place] = distance;
            s->previous[place] = line;
        }
        if (s->distance[place] < s->distance[best] ||
            (s->distance[place] == s->distance[best] && s->line_of[place] < 0 && s->line_of[best] >= 0))
            nearest = k;
    }
    return nearest;
}

/* Dijkstra from a new line to the nearest free place, which is returned. *settled: places settled on the way. */
static int64_t find_path(solver *s, int64_t start, int64_t *settled)
{
    int64_t line = start, so_far = 0;
    for (int64_t place = 0; place < s->places; place++) {
        s->order[place] = place;
        s->distance[place] = INT64_MAX;
    }
    for (*settled = 0;; (*settled)++) {
        int64_t nearest = relax_from(s, line, so_far, *settled);
        int64_t place = s->order[nearest];
        s->order[nearest] = s->order[*settled];
        s->order[*settled] = place;
        if (s->line_of[place] < 0)
            return place;
        line = s->line_of[place];
        so_far = s->distance[place];
    }
}

/* Keeps every reduced cost >= 0, and 0 along the path, before the matching changes. */
static void update_prices(solver *s, int64_t start, int64_t length, int64_t settled)
{
    s->line_price[start] += length;
    for (int64_t k = 0; k < settled; k++) {
        int64_t place = s->order[k], slack = length - s->distance[place];
        s->place_price[place] -= slack;
        s->line_price[s->line_of[place]] += slack;
    }
}

static void augment_path(solver *s, int64_t start, int64_t place)
{
    for (int64_t line = -1; line != start;) {
        int64_t next;
        line = s->previous[place];
        next = s->place_of[line];
        s->line_of[place] = line;
        s->place_of[line] = place;
        place = next;
    }
}

static cludi_status solve(solver *s, stop_request *stop, cludi_error *error)
{
    for (int64_t line = 0; line < s->lines; line++)
        s->place_of[line] = -1;
    for (int64_t place = 0; place < s->places; place++)
        s->line_of[place] = -1;
    for (int64_t line = 0; line < s->lines; line++) {
        int64_t settled;
        TRY(stop_request_check(stop, error));
        int64_t place = find_path(s, line, &settled);
        update_prices(s, line, s->distance[place], settled);
        augment_path(s, line, place);
    }
    return CLUDI_OK;
}

cludi_status assignment_maximize(const cludi_allocator *allocator, stop_request *stop, const int64_t *weights,
                                 int64_t rows, int64_t cols, int64_t *match, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    solver s = {.weights = weights, .line_stride = cols, .place_stride = 1, .lines = rows, .places = cols};
    if (rows > cols)
        s = (solver){.weights = weights, .line_stride = 1, .place_stride = cols, .lines = cols, .places = rows};

    s.line_price = alloc_zeroed(allocator, s.lines, sizeof *s.line_price);
    s.place_price = alloc_zeroed(allocator, s.places, sizeof *s.place_price);
    s.place_of = alloc_array(allocator, s.lines, sizeof *s.place_of);
    s.line_of = alloc_array(allocator, s.places, sizeof *s.line_of);
    s.distance = alloc_array(allocator, s.places, sizeof *s.distance);
    s.previous = alloc_array(allocator, s.places, sizeof *s.previous);
    s.order = alloc_array(allocator, s.places, sizeof *s.order);
    if (!s.line_price || !s.place_price || !s.place_of || !s.line_of || !s.distance || !s.previous || !s.order) {
        status = error_memory(error, "the matching of classes and clusters");
        goto done;
    }
    status = solve(&s, stop, error);
    for (int64_t row = 0; row < rows && status == CLUDI_OK; row++)
        match[row] = rows > cols ? s.line_of[row] : s.place_of[row];

done:
    alloc_free(allocator, s.order);
    alloc_free(allocator, s.previous);
    alloc_free(allocator, s.distance);
    alloc_free(allocator, s.line_of);
    alloc_free(allocator, s.place_of);
    alloc_free(allocator, s.place_price);
    alloc_free(allocator, s.line_price);
    return status;
}

int64_t assignment_total(const int64_t *weights, int64_t rows, int64_t cols, const int64_t *match)
{
    int64_t total = 0;
    for (int64_t row = 0; row < rows; row++)
        if (match[row] >= 0)
            total += weights[row * cols + match[row]];
    return total;
}
