/* Images as convolutions read them, and the sums of patches. */
#include "CKernels.h"
#include <string.h>

void ckernels_interleave(size_t planes, size_t pixels, size_t run, size_t rows, const float *x, size_t stride,
                         float *out) {
  for (size_t row = 0; row < rows; row++, x += stride, out += planes * pixels * run) {
    if (planes == 1) {
      memcpy(out, x, pixels * run * sizeof *out);
      continue;
    }
    for (size_t plane = 0; plane < planes; plane++) {
      const float *from = x + plane * pixels * run;
      float *to = out + plane * run;
      for (size_t pixel = 0; pixel < pixels; pixel++, from += run, to += planes * run) {
        for (size_t k = 0; k < run; k++) to[k] = from[k];
      }
    }
  }
}

/* Four planes in one loop, which compilers vectorize. */
static void join_four(const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d, size_t count,
                      uint8_t *restrict out) {
  for (size_t k = 0; k < count; k++, out += 4) {
    out[0] = a[k];
    out[1] = b[k];
    out[2] = c[k];
    out[3] = d[k];
  }
}

/* Joins some pixels of planes that have `pixels` each. */
static void join(size_t planes, size_t pixels, const uint8_t *store, const int32_t *places, size_t first,
                 size_t count, uint8_t *out) {
  store += first;
  if (planes == 4) {
    join_four(store + (size_t)places[0] * pixels, store + (size_t)places[1] * pixels,
              store + (size_t)places[2] * pixels, store + (size_t)places[3] * pixels, count, out);
    return;
  }
  for (size_t plane = 0; plane < planes; plane++) {
    const uint8_t *from = store + (size_t)places[plane] * pixels;
    for (size_t k = 0; k < count; k++) out[k * planes + plane] = from[k];
  }
}

void ckernels_join_planes(size_t planes, size_t pixels, const uint8_t *store, const int32_t *places,
                          uint8_t *out) {
  join(planes, pixels, store, places, 0, pixels, out);
}

void ckernels_join_planes_as_floats(size_t planes, size_t pixels, const uint8_t *store, const int32_t *places,
                                    float *out) {
  uint8_t room[32 * CKERNELS_MOST_PLANES];
  for (size_t first = 0; first < pixels; first += 32) {
    const size_t count = pixels - first < 32 ? pixels - first : 32;
    join(planes, pixels, store, places, first, count, room);
    for (size_t k = 0; k < count * planes; k++) out[k] = room[k];
    out += count * planes;
  }
}

void ckernels_split_planes(size_t planes, size_t pixels, const uint8_t *x, uint8_t *restrict out) {
  for (size_t plane = 0; plane < planes; plane++, out += pixels) {
    for (size_t pixel = 0; pixel < pixels; pixel++) out[pixel] = x[pixel * planes + plane];
  }
}

bool ckernels_are_equal_bytes(size_t n, const uint8_t *x, const uint8_t *y) { return memcmp(x, y, n) == 0; }

static size_t places(size_t length, const ckernels_patches *p) {
  return length < p->side ? 0 : (length - p->side) / p->stride + 1;
}

size_t ckernels_patch_count(const ckernels_patches *p) { return places(p->height, p) * places(p->width, p); }

size_t ckernels_patch_size(const ckernels_patches *p) { return p->side * p->side * p->channels; }

const float *ckernels_read_images(ckernels_path path, const ckernels_patches *patches,
                                  const ckernels_images *images, size_t first, size_t rows) {
  const size_t pixels = patches->height * patches->width, size = pixels * patches->channels;
  if (images->floats != NULL && images->planes == 1) return images->floats + first * size;
  float *one = images->room, *out = one + size;
  for (size_t k = 0; k < rows; k++, out += size) {
    const float *from = images->floats == NULL ? NULL : images->floats + (first + k) * size;
    if (from == NULL) {
      float *to = images->planes == 1 ? out : one;
      ckernels_standardize_bytes(path, size, images->mean, images->scale, images->bound,
                                 images->bytes + (first + k) * size, to);
      from = to;
    }
    if (images->planes > 1) {
      ckernels_interleave(images->planes, pixels, patches->channels / images->planes, 1, from, size, out);
    }
  }
  return images->room + size;
}

void ckernels_fold(ckernels_path path, const ckernels_patches *p, size_t rows, const float *numbers,
                   float *dx) {
  const size_t run = p->side * p->channels, line = p->width * p->channels;
  memset(dx, 0, rows * p->height * line * sizeof *dx);
  for (size_t row = 0; row < rows; row++, dx += p->height * line) {
    for (size_t top = 0; top + p->side <= p->height; top += p->stride) {
      for (size_t left = 0; left + p->side <= p->width; left += p->stride) {
        for (size_t k = 0; k < p->side; k++, numbers += run) {
          ckernels_add(path, run, numbers, dx + (top + k) * line + left * p->channels);
        }
      }
    }
  }
}
