#include "tensor_support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "backend_table.h"
#include "cmocka_all.h"

static cludi_status open_named(backend *be, const char *name, int threads, cludi_error *error)
{
    const cludi_allocator allocator = alloc_system();
    const bool bf16 = strcmp(name, "onednn bf16") == 0;
    const size_t length = strcspn(name, " ");
    char plain[16] = "";
    memcpy(plain, name, length < sizeof plain ? length : sizeof plain - 1);
    const cludi_status status = backend_open(be, plain, bf16 ? "bf16" : "f32", threads, &allocator, error);
    if (status == CLUDI_OK && strstr(name, " device"))
        be->block_rows = BACKEND_ALL_ROWS;
    return status;
}

void open_backend(backend *be, const char *name, int threads)
{
    cludi_error error;
    cludi_status status = open_named(be, name, threads, &error);
    if (status == CLUDI_ERROR_UNSUPPORTED) {
        print_message("skipped: %s\n", error.message);
        skip();
    }
    assert_int_equal(status, CLUDI_OK);
    assert_int_equal(strncmp(be->ops.name, name, strlen(be->ops.name)), 0);
    assert_string_equal(backend_precision(be), strstr(name, "bf16") ? "bf16" : "f32");
    be->grain = 1; /* threads start however small the work is */
}

bool has_backend(const char *name)
{
    backend be;
    const bool found = open_named(&be, name, 1, NULL) == CLUDI_OK;
    backend_close(&be);
    return found;
}

const char *float_backend(int n)
{
    const backend_row *row;
    for (int32_t i = 0; (row = backend_table_get(i)); i++)
        if (row->offered.help && row->offered.is_built && n-- == 0)
            return row->offered.name;
    return n == 0 && has_backend("onednn bf16") ? "onednn bf16" : NULL;
}

static tensor take_blank(backend *be, tensor x)
{
    const int64_t rows = x.rows, cols = x.cols;
    x.data = be->ops.allocate(be, backend_bytes(be, x));
    float *numbers = malloc((size_t)(rows * cols + 1) * sizeof *numbers);
    assert_non_null(x.data);
    assert_non_null(numbers);
    for (int64_t i = 0; i < rows * cols; i++)
        numbers[i] = NAN;
    be->ops.copy_in(be, x, HOST_F32, numbers);
    free(numbers);
    return x;
}

tensor blank_tensor(backend *be, int64_t rows, int64_t cols)
{
    return take_blank(be, (tensor){NULL, rows, cols, false});
}

tensor blank_bf16_tensor(backend *be, int64_t rows, int64_t cols)
{
    return take_blank(be, (tensor){NULL, rows, cols, true});
}

double round_bf16(double x)
{
    int exponent;
    const double number = (double)(float)x;
    frexp(number, &exponent);
    exponent = exponent < -125 ? -125 : exponent; /* denormal numbers are as far apart as the smallest normal ones */
    return ldexp(nearbyint(ldexp(number, 8 - exponent)), exponent - 8);
}

typedef void draw_fn(rng_stream stream, uint64_t row, float *out, int64_t count);

static tensor drawn_tensor(backend *be, int64_t rows, int64_t cols, draw_fn *draw, rng_stream stream, double scale)
{
    tensor x = blank_tensor(be, rows, cols);
    float *numbers = malloc((size_t)(rows * cols + 1) * sizeof *numbers);
    assert_non_null(numbers);
    for (int64_t r = 0; r < rows; r++)
        draw(stream, (uint64_t)r, numbers + r * cols, cols);
    for (int64_t i = 0; i < rows * cols; i++)
        numbers[i] = (float)(scale * (double)numbers[i]);
    be->ops.copy_in(be, x, HOST_F32, numbers);
    free(numbers);
    return x;
}

tensor random_tensor(backend *be, int64_t rows, int64_t cols, uint64_t seed, double scale)
{
    return drawn_tensor(be, rows, cols, rng_normal, (rng_stream){seed, 200, 0}, scale);
}

tensor uniform_tensor(backend *be, int64_t rows, int64_t cols, uint64_t seed)
{
    return drawn_tensor(be, rows, cols, rng_uniform, (rng_stream){seed, 201, 0}, 1);
}

void free_tensor(backend *be, tensor x)
{
    be->ops.release(be, x.data);
}

double *read_tensor(backend *be, tensor x)
{
    double *numbers = malloc((size_t)(x.rows * x.cols + 1) * sizeof *numbers);
    assert_non_null(numbers);
    be->ops.copy_out(be, HOST_F64, numbers, x);
    return numbers;
}

void write_tensor(backend *be, tensor x, const double *numbers)
{
    be->ops.copy_in(be, x, HOST_F64, numbers);
}

static tensor one_element(const backend *be, tensor x, int64_t i)
{
    return backend_rows(be, (tensor){x.data, x.rows * x.cols, 1, x.bf16}, i, 1);
}

double get_element(backend *be, tensor x, int64_t i)
{
    double value;
    be->ops.copy_out(be, HOST_F64, &value, one_element(be, x, i));
    return value;
}

void set_element(backend *be, tensor x, int64_t i, double value)
{
    be->ops.copy_in(be, one_element(be, x, i), HOST_F64, &value);
}

double dot_tensors(backend *be, tensor a, tensor b)
{
    double *x = read_tensor(be, a), *y = read_tensor(be, b), sum = 0;
    assert_int_equal(a.rows * a.cols, b.rows * b.cols);
    for (int64_t i = 0; i < a.rows * a.cols; i++)
        sum += x[i] * y[i];
    free(x);
    free(y);
    return sum;
}

double relative_error(const double *a, const double *b, int64_t count)
{
    double difference = 0, norm = 0;
    for (int64_t i = 0; i < count; i++) {
        difference += (a[i] - b[i]) * (a[i] - b[i]);
        norm += b[i] * b[i];
    }
    return difference == 0 ? 0 : sqrt(difference) / sqrt(norm);
}
