/* Every function of CKernels on every path and at odd sizes, under the address and undefined-behavior
 * sanitizers: each buffer is as long as it must be and no longer, each result is compared with a plain loop.
 *
 *   clang -std=c11 -Wall -Wextra -O1 -g -ffp-contract=off -fsanitize=address,undefined \
 *     -fno-sanitize-recover=all -fuse-ld=lld -ICShims/CKernels/include Tests/Sanitize/ckernels.c \
 *     CShims/CKernels/{path,matrix,convolution,image,elementwise,ascend}.c -lm
 */
#include "CKernels.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 1;
static int faults = 0;

static float number(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (float)((double)(state >> 40) / (1 << 23) - 1);
}

static float *numbers(size_t count) {
  float *p = malloc(count * sizeof *p + (count == 0));
  if (p == NULL) exit(3);
  for (size_t i = 0; i < count; i++) p[i] = number();
  return p;
}

static float *copy(const float *from, size_t count) {
  float *p = numbers(count);
  memcpy(p, from, count * sizeof *p);
  return p;
}

static void expect_equal(const char *what, ckernels_path path, size_t m, size_t k, size_t n,
                         const float *found, const float *expected, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (isnan(found[i]) && isnan(expected[i])) continue;
    if (memcmp(found + i, expected + i, sizeof *found) == 0) continue;
    fprintf(stderr, "%s, path %d, %zux%zux%zu: element %zu is %a instead of %a\n", what, (int)path, m, k, n,
            i, (double)found[i], (double)expected[i]);
    faults++;
    return;
  }
}

static void check_matrices(ckernels_path path, size_t m, size_t k, size_t n) {
  float *x = numbers(m * k), *w = numbers(k * n), *b = numbers(n), *dy = numbers(m * n);
  float *y = numbers(m * n), *plain = numbers(m * n), *wt = numbers(n * k), *dx = numbers(m * k);
  float *dw = numbers(k * n), *plain_dw = copy(dw, k * n), *db = numbers(n), *plain_db = copy(db, n);
  float *plain_dx = numbers(m * k);

  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      float sum = b[j];
      for (size_t q = 0; q < k; q++) sum = fmaf(x[i * k + q], w[q * n + j], sum);
      plain[i * n + j] = sum;
      plain_db[j] += dy[i * n + j];
    }
    for (size_t q = 0; q < k; q++) {
      float sum = 0;
      for (size_t j = 0; j < n; j++) {
        sum = fmaf(dy[i * n + j], w[q * n + j], sum);
        plain_dw[q * n + j] = fmaf(x[i * k + q], dy[i * n + j], plain_dw[q * n + j]);
      }
      plain_dx[i * k + q] = sum;
    }
  }
  ckernels_affine(path, m, k, n, x, w, b, y);
  expect_equal("affine", path, m, k, n, y, plain, m * n);
  ckernels_transpose(k, n, w, wt);
  ckernels_affine(path, m, n, k, dy, wt, NULL, dx);
  expect_equal("affine of the transpose", path, m, k, n, dx, plain_dx, m * k);
  ckernels_affine_adjoint(path, m, n, k, dy, w, NULL, dx);
  expect_equal("affine_adjoint", path, m, k, n, dx, plain_dx, m * k);
  ckernels_affine_adjoint(path, m, n, k, dy, w, x, dx);
  ckernels_tanh_adjoint(path, m * k, x, plain_dx);
  expect_equal("affine_adjoint through tanh", path, m, k, n, dx, plain_dx, m * k);
  ckernels_affine_tanh(path, m, k, n, x, w, b, y);
  ckernels_tanh(path, m * n, plain, plain);
  expect_equal("affine_tanh", path, m, k, n, y, plain, m * n);
  const size_t half = m / 2;
  ckernels_accumulate_product(path, half, k, n, x, dy, dw);
  ckernels_accumulate_product(path, m - half, k, n, x + half * k, dy + half * n, dw);
  expect_equal("accumulate_product", path, m, k, n, dw, plain_dw, k * n);
  ckernels_accumulate_rows(path, half, n, dy, db);
  ckernels_accumulate_rows(path, m - half, n, dy + half * n, db);
  expect_equal("accumulate_rows", path, m, k, n, db, plain_db, n);

  free(x), free(w), free(b), free(dy), free(y), free(plain), free(wt), free(dx);
  free(dw), free(plain_dw), free(db), free(plain_db), free(plain_dx);
}

/* Convolutions of bytes in planes, and of the same numbers as floats, against products with copies of the patches. */
static void check_convolution(ckernels_path path, size_t rows, size_t side, size_t planes) {
  const ckernels_patches patches = {
      .height = side + 3, .width = side + 1, .channels = 2 * planes, .side = side, .stride = 2};
  const size_t count = ckernels_patch_count(&patches), size = ckernels_patch_size(&patches), n = 7;
  const size_t pixels = patches.height * patches.width, image = pixels * patches.channels, m = rows * count;
  uint8_t *bytes = malloc(rows * image);
  float *mean = numbers(image), *scale = numbers(image), *read = numbers(rows * image),
        *room = numbers(2 * image);
  float *w = numbers(size * n), *b = numbers(n), *dy = numbers(m * n), *y = numbers(m * n),
        *plain = numbers(m * n);
  float *dw = numbers(size * n), *plain_dw = numbers(size * n), *copies = numbers(m * size);
  float *turned = numbers(size * n + count * size), *dx = numbers(rows * image),
        *plain_dx = numbers(rows * image);
  for (size_t i = 0; i < rows * image; i++) bytes[i] = (uint8_t)(128 + 127 * number());
  for (size_t i = 0; i < rows * image; i++) {
    const float x = ((float)bytes[i] - mean[i % image]) * scale[i % image];
    /* From planes to channels that are side by side. */
    const size_t in = i % image, plane = in / (pixels * 2), pixel = in % (pixels * 2) / 2;
    read[i / image * image + pixel * patches.channels + plane * 2 + in % 2] = fminf(fmaxf(x, -50), 50);
  }
  float *to = copies;
  for (size_t row = 0; row < rows; row++) {
    for (size_t top = 0; top + side <= patches.height; top += 2) {
      for (size_t left = 0; left + side <= patches.width; left += 2) {
        for (size_t k = 0; k < side; k++, to += side * patches.channels) {
          memcpy(to, read + row * image + ((top + k) * patches.width + left) * patches.channels,
                 side * patches.channels * sizeof *to);
        }
      }
    }
  }
  memcpy(dw, plain_dw, size * n * sizeof *dw);
  ckernels_affine(path, m, size, n, copies, w, b, plain);
  ckernels_accumulate_product(path, m, size, n, copies, dy, plain_dw);
  const ckernels_images images = {.bytes = bytes,
                                  .mean = mean,
                                  .scale = scale,
                                  .bound = 50,
                                  .planes = planes,
                                  .room = room,
                                  .room_images = 1};
  const ckernels_images floats = {.floats = read, .planes = 1};
  ckernels_convolve(path, &patches, &images, rows, n, w, b, y);
  expect_equal("convolve bytes", path, rows, side, planes, y, plain, m * n);
  ckernels_convolve(path, &patches, &floats, rows, n, w, b, y);
  expect_equal("convolve", path, rows, side, planes, y, plain, m * n);
  ckernels_convolve_weights(path, &patches, &images, rows, n, dy, dw);
  expect_equal("convolve_weights", path, rows, side, planes, dw, plain_dw, size * n);
  ckernels_convolve_inputs(path, &patches, rows, n, dy, w, turned, 1, dx);
  ckernels_affine_adjoint(path, m, n, size, dy, w, NULL, copies);
  ckernels_fold(path, &patches, rows, copies, plain_dx);
  expect_equal("convolve_inputs", path, rows, side, planes, dx, plain_dx, rows * image);
  free(bytes), free(mean), free(scale), free(read), free(room), free(w), free(b), free(dy), free(y),
      free(plain);
  free(dw), free(plain_dw), free(copies), free(turned), free(dx), free(plain_dx);
}

/* Bits against the portable path, size against libm. */
static void check_elementwise(ckernels_path path, size_t count) {
  static const float edges[] = {0,          -0.0f,     INFINITY, -INFINITY, NAN,    0x1p-149f,
                                -0x1p-149f, 0x1p-126f, 88.7228f, 88.7229f,  -87.4f, -103.9f,
                                -104.5f,    3.4e38f,   -3.4e38f, 1};
  float *x = numbers(count), *y = numbers(count), *plain = numbers(count);
  for (size_t i = 0; i < count; i++) {
    x[i] = i % 3 == 2 ? edges[i / 3 % (sizeof edges / sizeof *edges)] : 20 * x[i];
  }
  ckernels_tanh(path, count, x, y);
  ckernels_tanh(ckernels_path_portable, count, x, plain);
  expect_equal("tanh", path, count, 1, 1, y, plain, count);
  for (size_t i = 0; i < count; i++) faults += fabs((double)y[i] - tanh((double)x[i])) > 3e-7;
  ckernels_exp(path, count, x, y);
  ckernels_exp(ckernels_path_portable, count, x, plain);
  expect_equal("exp", path, count, 1, 1, y, plain, count);
  for (size_t i = 0; i < count; i++) {
    const float e = (float)exp((double)x[i]);
    faults += isinf(e) ? y[i] != e : fabsf(y[i] - e) > 2.4e-7f * e + 0x1p-149f;
  }
  ckernels_log(path, count, x, y);
  ckernels_log(ckernels_path_portable, count, x, plain);
  expect_equal("log", path, count, 1, 1, y, plain, count);
  for (size_t i = 0; i < count; i++) {
    const float e = (float)log((double)x[i]);
    faults += isinf(e) ? y[i] != e : fabsf(y[i] - e) > 2.4e-7f * fabsf(e);
  }
  memcpy(plain, y, count * sizeof *y);
  ckernels_tanh_adjoint(path, count, x, y);
  for (size_t i = 0; i < count; i++) plain[i] *= fmaf(-x[i], x[i], 1);
  expect_equal("tanh_adjoint", path, count, 1, 1, y, plain, count);
  free(x), free(y), free(plain);
}

static void check_log_softmax(ckernels_path path, size_t m, size_t n) {
  float *z = numbers(m * n), *out = numbers(m * n), *plain = copy(z, m * n);
  ckernels_log_softmax(path, m, n, z, out);
  for (size_t i = 0; i < m; i++)
    ckernels_log_softmax(ckernels_path_portable, 1, n, plain + i * n, plain + i * n);
  expect_equal("log_softmax", path, m, 1, n, out, plain, m * n);
  free(z), free(out), free(plain);
}

static void check_updates(ckernels_path path, size_t count) {
  float *g = numbers(count), *m = numbers(count), *v = numbers(count), *theta = numbers(count);
  for (size_t i = 0; i < count; i++) v[i] = fabsf(v[i]);
  float *m2 = copy(m, count), *v2 = copy(v, count), *theta2 = copy(theta, count);
  ckernels_add(path, count, g, theta);
  for (size_t i = 0; i < count; i++) theta2[i] += g[i];
  expect_equal("add", path, count, 1, 1, theta, theta2, count);
  ckernels_ascend(path, count, 0.3f, g, theta);
  for (size_t i = 0; i < count; i++) theta2[i] = fmaf(0.3f, g[i], theta2[i]);
  expect_equal("ascend", path, count, 1, 1, theta, theta2, count);
  ckernels_adam(path, count, 1e-3, 0.9, 0.999, 1e-8, 0, 3, g, m, v, theta);
  for (size_t i = 0; i < count; i++) {
    ckernels_adam(ckernels_path_portable, 1, 1e-3, 0.9, 0.999, 1e-8, 0, 3, g + i, m2 + i, v2 + i, theta2 + i);
  }
  expect_equal("adam: m", path, count, 1, 1, m, m2, count);
  expect_equal("adam: v", path, count, 1, 1, v, v2, count);
  expect_equal("adam: theta", path, count, 1, 1, theta, theta2, count);
  free(g), free(m), free(v), free(theta), free(m2), free(v2), free(theta2);
}

/* One step of each cell, its adjoint and its tangent: bits against the portable path, which takes a row at a time. */
static void check_cell(ckernels_path path, int cell, size_t rows, size_t n) {
  /* Which results of a cell have a number for each gate. */
  static const char *const of_gates[] = {"0", "23", "", "0", "3", ""};
  const size_t g = cell < 3 ? 3 * n : 4 * n, count = rows * n, gates = rows * g;
  float *in[6], *out[2][4];
  size_t sizes[4];
  for (int k = 0; k < 6; k++) in[k] = numbers(k < 3 ? gates : count);
  for (int k = 0; k < 4; k++) {
    sizes[k] = strchr(of_gates[cell], '0' + k) != NULL ? gates : count;
    out[0][k] = numbers(sizes[k]);
    out[1][k] = copy(out[0][k], sizes[k]);
  }
  for (int side = 0; side < 2; side++) {
    float **o = out[side];
    const size_t calls = side == 0 ? 1 : rows, height = side == 0 ? rows : 1;
    const ckernels_path on = side == 0 ? path : ckernels_path_portable;
    for (size_t i = 0; i < calls; i++) {
      const size_t a = i * g, b = i * n;
      switch (cell) {
      case 0:
        ckernels_gru(on, height, n, &(ckernels_gru_step){o[0] + a, in[0] + a, in[3] + b, o[1] + b});
        break;
      case 1:
        ckernels_gru_adjoint(on, height, n,
                             &(ckernels_gru_adjoint_step){in[0] + a, in[1] + a, in[3] + b, in[4] + b,
                                                          o[1] + b, o[2] + a, o[3] + a});
        break;
      case 2:
        ckernels_gru_tangent(on, height, n,
                             &(ckernels_gru_tangent_step){in[0] + a, in[1] + a, in[3] + b, in[2] + a,
                                                          in[1] + a, in[4] + b, o[1] + b});
        break;
      case 3:
        ckernels_lstm(on, height, n,
                      &(ckernels_lstm_step){o[0] + a, in[0] + a, in[3] + b, o[1] + b, o[2] + b, o[3] + b});
        break;
      case 4:
        ckernels_lstm_adjoint(on, height, n,
                              &(ckernels_lstm_adjoint_step){in[0] + a, in[3] + b, in[4] + b, in[5] + b,
                                                            o[1] + b, o[2] + b, o[3] + a});
        break;
      case 5:
        ckernels_lstm_tangent(on, height, n,
                              &(ckernels_lstm_tangent_step){in[0] + a, in[3] + b, in[4] + b, in[1] + a,
                                                            in[2] + a, in[5] + b, o[1] + b, o[2] + b});
        break;
      }
    }
  }
  for (int k = 0; k < 4; k++) {
    expect_equal("a cell", path, rows, (size_t)cell, n, out[0][k], out[1][k], sizes[k]);
  }
  for (int k = 0; k < 6; k++) free(in[k]);
  for (int k = 0; k < 4; k++) free(out[0][k]), free(out[1][k]);
}

/* Planes of pictures that are split, joined in another order as bytes and as floats, and compared. */
static void check_planes(size_t planes, size_t pixels) {
  const size_t size = planes * pixels;
  uint8_t *picture = malloc(size + 1), *split = malloc(size + 1), *joined = malloc(size + 1);
  float *floats = malloc((size + 1) * sizeof *floats);
  int32_t places[CKERNELS_MOST_PLANES];
  for (size_t k = 0; k < size; k++) picture[k] = (uint8_t)(k * 37 % 251);
  ckernels_split_planes(planes, pixels, picture, split);
  for (size_t k = 0; k < planes; k++) places[k] = (int32_t)(planes - 1 - k);
  ckernels_join_planes(planes, pixels, split, places, joined);
  ckernels_join_planes_as_floats(planes, pixels, split, places, floats);
  for (size_t k = 0; k < size; k++) {
    const uint8_t expected = picture[k / planes * planes + planes - 1 - k % planes];
    if (joined[k] != expected || floats[k] != (float)expected) faults++;
  }
  if (!ckernels_are_equal_bytes(pixels, split, split)) faults++;
  if (pixels > 0 && planes > 1 && ckernels_are_equal_bytes(pixels, split, split + pixels)) faults++;
  free(picture), free(split), free(joined), free(floats);
}

int main(void) {
  static const size_t rows[] = {0, 1, 2, 5, 8, 13, 300}, depths[] = {0, 1, 3, 17, 300};
  static const size_t columns[] = {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 48, 64, 65, 100};
  static const size_t counts[] = {0, 1, 3, 4, 7, 8, 15, 16, 17, 33, 63, 64, 257};
  const ckernels_path best = ckernels_path_taken(ckernels_path_automatic);
  for (ckernels_path path = ckernels_path_portable; path <= best; path++) {
    for (size_t a = 0; a < sizeof rows / sizeof *rows; a++) {
      for (size_t b = 0; b < sizeof columns / sizeof *columns; b++) {
        for (size_t c = 0; c < sizeof depths / sizeof *depths; c++) {
          check_matrices(path, rows[a], depths[c], columns[b]);
        }
        check_log_softmax(path, rows[a] * 13, columns[b]);
        for (int cell = 0; cell < 6; cell++) check_cell(path, cell, rows[a], columns[b]);
      }
    }
    check_log_softmax(path, 3, 1000);
    check_matrices(path, 600, 3, 5);
    for (size_t a = 0; a < sizeof counts / sizeof *counts; a++) {
      check_elementwise(path, counts[a]);
      check_convolution(path, 1 + counts[a] % 4, 1 + counts[a] % 6, 1 + counts[a] % 3);
      check_updates(path, counts[a]);
    }
  }
  for (size_t planes = 1; planes <= CKERNELS_MOST_PLANES; planes++) {
    for (size_t a = 0; a < sizeof counts / sizeof *counts; a++) check_planes(planes, counts[a]);
  }
  if (faults > 0) fprintf(stderr, "%d faults\n", faults);
  return faults > 0;
}
