/* Attention whose products run on the matrix unit (AMX): operands rounded to bf16, sums in float32. A tile has 16 rows of 64
   bytes. Keys and values of one head are packed as the right operands of scores and mixture, then 32 queries at a time are
   multiplied with them, so that scores never leave the cache, and the tiles of 16 are not read right after they were written. Each number is one sum in the order of its index, wherever its
   row stands. */
#include "onednn.h"

#include <immintrin.h>
#include <string.h>

#include "real.h"

enum { SIDE = 16, DEPTH = 32, TILE = SIDE * DEPTH, ROWS = 2 * SIDE };
enum { QUERIES = 0, KEYS = 1, VALUES = 2 }; /* thirds of qkv */

/* A head, and what is copied of it. A step is 32 numbers that are summed over, or two tiles of 16 columns. */
typedef struct head {
    tensor out, qkv;
    int64_t first, depth;     /* its columns in out */
    int64_t key_steps, steps; /* of the tokens, of the depth */
    float factor;             /* of the scores, for powers of two */
    uint16_t *k;              /* (2 key_steps, steps) tiles: the head's keys, transposed */
    uint16_t *v;              /* (2 steps, key_steps) tiles: its values */
    uint16_t *q;              /* (ROWS, 32 steps) queries */
    uint16_t *p;              /* (ROWS, 32 key_steps) weights of the keys */
    float *scores;            /* (ROWS, 32 key_steps) */
    float *mixed;             /* (ROWS, 32 steps) */
} head;

static const float LOG2_E = 1.44269504F;

typedef struct tile_config {
    uint8_t palette, start, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} tile_config;

static void configure_tiles(void)
{
    tile_config config = {.palette = 1};
    for (int i = 0; i < 8; i++) {
        config.row_bytes[i] = DEPTH * sizeof(uint16_t);
        config.rows[i] = SIDE;
    }
    _tile_loadconfig(&config);
}

/* c (ROWS, 32 columns) = a (ROWS, 32 steps) b, whose tiles lie column of tiles by column of tiles. */
typedef struct product {
    const uint16_t *a, *b;
    float *c;
    int64_t steps, columns;
} product;

/* Two tiles high and two wide, so that each tile that is read is used twice. */
static void multiply(const product *m)
{
    const int64_t a_numbers = m->steps * DEPTH, c_numbers = m->columns * DEPTH;
    const size_t a_bytes = (size_t)a_numbers * sizeof *m->a, c_bytes = (size_t)c_numbers * sizeof *m->c;
    for (int64_t j = 0; j < m->columns; j++) {
        const uint16_t *a = m->a, *left = m->b + 2 * j * m->steps * TILE, *right = left + m->steps * TILE;
        float *c = m->c + j * DEPTH;
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
        for (int64_t s = 0; s < m->steps; s++, a += DEPTH, left += TILE, right += TILE) {
            _tile_loadd(4, a, a_bytes);
            _tile_loadd(5, a + SIDE * a_numbers, a_bytes);
            _tile_loadd(6, left, DEPTH * sizeof *left);
            _tile_loadd(7, right, DEPTH * sizeof *right);
            _tile_dpbf16ps(0, 4, 6);
            _tile_dpbf16ps(1, 4, 7);
            _tile_dpbf16ps(2, 5, 6);
            _tile_dpbf16ps(3, 5, 7);
        }
        _tile_stored(0, c, c_bytes);
        _tile_stored(1, c + SIDE, c_bytes);
        _tile_stored(2, c + SIDE * c_numbers, c_bytes);
        _tile_stored(3, c + SIDE * c_numbers + SIDE, c_bytes);
    }
}

/* The lowest `count` of 16 lanes; none where count is not above 0. */
static __mmask16 lanes_below(int64_t count)
{
    const unsigned below = count >= SIDE ? 0xffffU : count > 0 ? (1U << count) - 1U : 0U;
    return (__mmask16)below;
}

/* Numbers j .. j + 31 of row r as bf16, zeros behind `count`. */
static __m512i load_bf16(tensor x, int64_t r, int64_t j, int64_t count)
{
    if (x.bf16) {
        const __mmask32 some = lanes_below(count) | (__mmask32)lanes_below(count - SIDE) << SIDE;
        return _mm512_maskz_loadu_epi16(some, (const uint16_t *)x.data + r * x.cols + j);
    }
    const float *in = row_of(x, r) + j;
    const __m512 low = _mm512_maskz_loadu_ps(lanes_below(count), in);
    const __m512 high = _mm512_maskz_loadu_ps(lanes_below(count - SIDE), in + SIDE);
    return (__m512i)_mm512_cvtne2ps_pbh(high, low);
}

/* The same of a token's third of the head, from number d on; zeros where there is no such token. */
static __m512i load_part(const head *h, int third, int64_t token, int64_t d)
{
    return token < h->qkv.rows ? load_bf16(h->qkv, token, third * h->out.cols + h->first + d, h->depth - d)
                               : _mm512_setzero_si512();
}

/* Rows become columns when the rows of both halves are shuffled into each other four times. */
static void transpose(__m512i rows[SIDE])
{
    const __m512i low = _mm512_set_epi32(23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    const __m512i high = _mm512_set_epi32(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8);
    __m512i shuffled[SIDE];
    for (int pass = 0; pass < 4; pass++) {
        for (int i = 0; i < SIDE / 2; i++) {
            shuffled[2 * i] = _mm512_permutex2var_epi32(rows[i], low, rows[i + SIDE / 2]);
            shuffled[2 * i + 1] = _mm512_permutex2var_epi32(rows[i], high, rows[i + SIDE / 2]);
        }
        memcpy(rows, shuffled, sizeof shuffled);
    }
}

/* A tile's row has the pairs of numbers 2 i, 2 i + 1 of 16 keys. */
static void pack_keys(const head *h)
{
    uint16_t *out = h->k;
    for (int64_t t = 0; t < h->key_steps * DEPTH; t += SIDE)
        for (int64_t d = 0; d < h->steps * DEPTH; d += DEPTH, out += TILE) {
            __m512i pairs[SIDE];
            for (int i = 0; i < SIDE; i++)
                pairs[i] = load_part(h, KEYS, t + i, d);
            transpose(pairs);
            for (int i = 0; i < SIDE; i++)
                _mm512_storeu_si512(out + i * DEPTH, pairs[i]);
        }
}

/* A tile's row has pairs of numbers of tokens 2 i, 2 i + 1. */
static void pack_values(const head *h)
{
    uint16_t pairs[2 * DEPTH];
    for (int i = 0; i < 2 * DEPTH; i++)
        pairs[i] = (uint16_t)(i / 2 + i % 2 * DEPTH);
    const __m512i low = _mm512_loadu_si512(pairs), high = _mm512_loadu_si512(pairs + DEPTH);
    for (int64_t t = 0; t < h->key_steps * DEPTH; t += 2)
        for (int64_t s = 0; s < h->steps; s++) {
            const __m512i even = load_part(h, VALUES, t, s * DEPTH), odd = load_part(h, VALUES, t + 1, s * DEPTH);
            uint16_t *out = h->v + (2 * s * h->key_steps + t / DEPTH) * TILE + t % DEPTH * SIDE;
            _mm512_storeu_si512(out, _mm512_permutex2var_epi16(even, low, odd));
            _mm512_storeu_si512(out + h->key_steps * TILE, _mm512_permutex2var_epi16(even, high, odd));
        }
}

static void copy_queries(const head *h, int64_t row, int64_t rows)
{
    for (int64_t r = 0; r < rows; r++)
        for (int64_t s = 0; s < h->steps; s++)
            _mm512_storeu_si512(h->q + (r * h->steps + s) * DEPTH, load_part(h, QUERIES, row + r, s * DEPTH));
}

/* 2^x to within 8e-5 of it, for weights that lose more when they are rounded to bf16: 2^n 2^f, n whole, P(f) fitted to 2^f. */
static __m512 power_of_two(__m512 x)
{
    const __m512 n = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC), f = _mm512_sub_ps(x, n);
    __m512 p = _mm512_set1_ps(0.05517166722F);
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0.2426111221F));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0.6932609858F));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0.9999280736F));
    return _mm512_scalef_ps(p, n);
}

static float largest_of(const float *numbers, int64_t count)
{
    __m512 most = _mm512_set1_ps(numbers[0]);
    for (int64_t i = 0; i < count; i += SIDE)
        most = _mm512_mask_max_ps(most, lanes_below(count - i), most, _mm512_loadu_ps(numbers + i));
    return _mm512_reduce_max_ps(most);
}

/* p = exp((score - the largest) / sqrt(depth)), zeros behind the tokens; returns 1 / their sum. */
static float weigh(const head *h, int64_t r)
{
    const int64_t tokens = h->qkv.rows;
    const float *scores = h->scores + r * h->key_steps * DEPTH;
    uint16_t *p = h->p + r * h->key_steps * DEPTH;
    const float largest = largest_of(scores, tokens);
    const __m512 factor = _mm512_set1_ps(h->factor), shift = _mm512_set1_ps(h->factor * largest);
    __m512 sum = _mm512_setzero_ps();
    for (int64_t t = 0; t < h->key_steps * DEPTH; t += DEPTH) {
        __m512 half[2];
        for (int i = 0; i < 2; i++) {
            const __mmask16 some = lanes_below(tokens - t - i * SIDE);
            const __m512 x = _mm512_fmsub_ps(_mm512_loadu_ps(scores + t + i * SIDE), factor, shift);
            half[i] = _mm512_maskz_mov_ps(some, power_of_two(x));
            sum = _mm512_add_ps(sum, half[i]);
        }
        _mm512_storeu_si512(p + t, (__m512i)_mm512_cvtne2ps_pbh(half[1], half[0]));
    }
    return 1 / _mm512_reduce_add_ps(sum);
}

static void store_row(const head *h, int64_t row, const float *mixed, float inverse)
{
    for (int64_t j = 0; j < h->depth; j += PIECE) {
        const int64_t count = h->depth - j < PIECE ? h->depth - j : PIECE;
        float piece[PIECE];
        for (int64_t i = 0; i < count; i++)
            piece[i] = inverse * mixed[j + i];
        store_piece(h->out, row, h->first + j, piece, count);
    }
}

/* `rows` of up to ROWS queries; what the tiles' other rows hold reaches no other row. */
static void attend(const head *h, int64_t row, int64_t rows)
{
    float inverse[ROWS];
    copy_queries(h, row, rows);
    multiply(&(product){h->q, h->k, h->scores, h->steps, h->key_steps});
    for (int64_t r = 0; r < rows; r++)
        inverse[r] = weigh(h, r);
    multiply(&(product){h->p, h->v, h->mixed, h->key_steps, h->steps});
    for (int64_t r = 0; r < rows; r++)
        store_row(h, row + r, h->mixed + r * h->steps * DEPTH, inverse[r]);
}

static int64_t parts_of(int64_t count, int64_t part)
{
    return (count + part - 1) / part;
}

static void attention(backend *be, tensor out, tensor qkv, int32_t heads, tensor scratch)
{
    const int64_t depth = out.cols / heads;
    head h = {.out = out,
              .qkv = qkv,
              .depth = depth,
              .key_steps = parts_of(qkv.rows, DEPTH),
              .steps = parts_of(depth, DEPTH),
              .factor = LOG2_E / real_sqrt((float)depth)};
    (void)be;
    h.k = scratch.data;
    h.v = h.k + 2 * h.key_steps * h.steps * TILE;
    h.q = h.v + 2 * h.key_steps * h.steps * TILE;
    h.p = h.q + h.steps * ROWS * DEPTH;
    h.scores = (float *)(h.p + h.key_steps * ROWS * DEPTH);
    h.mixed = h.scores + h.key_steps * ROWS * DEPTH;
    configure_tiles();
    for (int32_t i = 0; i < heads; i++) {
        h.first = i * depth;
        pack_keys(&h);
        pack_values(&h);
        for (int64_t r = 0; r < out.rows; r += ROWS)
            attend(&h, r, out.rows - r < ROWS ? out.rows - r : ROWS);
    }
    _tile_release();
}

void KERNEL(onednn_attention)(backend_ops *ops)
{
    ops->attention = attention;
}
