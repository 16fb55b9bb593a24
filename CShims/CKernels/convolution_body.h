/* Convolutions on one path. Included by paths.h, once for each path. */

#include "product_body.h"

/* Computes a slab whose a is listed. */
static __attribute__((noinline)) void NAME(listed)(const product *p) {
  const product slab = *p;
  NAME(slab)(&slab, order_listed);
}

/* Computes a convolution: the rows of a are patches, some of them at a time, so that their images stay in the cache while
 * all panels of b pass. */
static void NAME(convolve)(const product *p, const ckernels_patches *patches) {
  uint32_t rows[TALL], columns[DEPTH];
  product strip = *p;
  strip.b_row = strip.end = p->width;
  strip.row_offsets = rows;
  strip.column_offsets = columns;
  for (size_t i = 0; i < p->height; i += TALL) {
    strip.height = p->height - i < TALL ? p->height - i : TALL;
    strip.a = patch_offsets(patches, p->a, i, strip.height, rows);
    product slab = strip;
    for (size_t done = 0; done < p->depth; done += DEPTH) {
      slab.depth = p->depth - done < DEPTH ? p->depth - done : DEPTH;
      element_offsets(patches, done, slab.depth, columns);
      NAME(listed)(&slab);
      slab.b += slab.depth * slab.width;
      slab.start = slab.c;
      slab.start_row = slab.width;
    }
    NAME(skip)(&strip, strip.height);
  }
}

/* Computes the weights' part of the adjoint of a convolution: the columns of a are patches, a slab of them at a time. */
static void NAME(convolve_weights)(const product *p, const ckernels_patches *patches) {
  uint32_t rows[TALL], columns[DEPTH];
  product slab = *p;
  slab.b_row = slab.end = p->width;
  slab.row_offsets = rows;
  slab.column_offsets = columns;
  for (size_t done = 0; done < p->depth; done += DEPTH) {
    slab.depth = p->depth - done < DEPTH ? p->depth - done : DEPTH;
    slab.a = patch_offsets(patches, p->a, done, slab.depth, columns);
    product strip = slab;
    for (size_t i = 0; i < p->height; i += TALL) {
      strip.height = p->height - i < TALL ? p->height - i : TALL;
      element_offsets(patches, i, strip.height, rows);
      NAME(listed)(&strip);
      strip.c += strip.height * p->width;
      strip.start = strip.c;
    }
    slab.b += slab.depth * slab.width;
  }
}

#undef PANEL
