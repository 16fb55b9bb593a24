/* Patches of images, for convolutions as matrix products, with the same code on every path. */
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

void ckernels_unfold(size_t height, size_t width, size_t channels, size_t side, size_t stride, size_t rows,
                     const float *x, float *out) {
  const size_t run = side * channels;
  for (size_t row = 0; row < rows; row++, x += height * width * channels) {
    for (size_t top = 0; top + side <= height; top += stride) {
      for (size_t left = 0; left + side <= width; left += stride) {
        for (size_t k = 0; k < side; k++, out += run) {
          memcpy(out, x + ((top + k) * width + left) * channels, run * sizeof *out);
        }
      }
    }
  }
}

void ckernels_fold(size_t height, size_t width, size_t channels, size_t side, size_t stride, size_t rows,
                   const float *patches, float *dx) {
  const size_t run = side * channels;
  memset(dx, 0, rows * height * width * channels * sizeof *dx);
  for (size_t row = 0; row < rows; row++, dx += height * width * channels) {
    for (size_t top = 0; top + side <= height; top += stride) {
      for (size_t left = 0; left + side <= width; left += stride) {
        for (size_t k = 0; k < side; k++, patches += run) {
          float *to = dx + ((top + k) * width + left) * channels;
          for (size_t j = 0; j < run; j++) to[j] += patches[j];
        }
      }
    }
  }
}
