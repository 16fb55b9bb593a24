/* Convolutions as matrix products whose rows or columns are patches, read where they are: no copy of them is made. The
 * chains are those of the products. */
#include "product.h"

/* Lists where `count` patches from patch `first` on begin, as offsets from the image of the first one, which is returned.
 */
static const float *patch_offsets(const ckernels_patches *p, const float *x, size_t first, size_t count,
                                  uint32_t *offsets) {
  const size_t across = (p->width - p->side) / p->stride + 1, down = (p->height - p->side) / p->stride + 1;
  const size_t line = p->width * p->channels, image = p->height * line;
  size_t row = first % (across * down) / across, column = first % across, base = 0;
  for (size_t k = 0; k < count; k++) {
    offsets[k] = (uint32_t)(base + row * p->stride * line + column * p->stride * p->channels);
    if (++column < across) continue;
    column = 0;
    if (++row < down) continue;
    row = 0;
    base += image;
  }
  return x + first / (across * down) * image;
}

/* Lists where `count` numbers of a patch from number `first` on are, as offsets from its beginning. */
static void element_offsets(const ckernels_patches *p, size_t first, size_t count, uint32_t *offsets) {
  const size_t run = p->side * p->channels, line = p->width * p->channels;
  for (size_t k = 0; k < count; k++) offsets[k] = (uint32_t)((first + k) / run * line + (first + k) % run);
}

#define BODY "convolution_body.h"
#include "paths.h"

void ckernels_convolve(ckernels_path path, const ckernels_patches *patches, const ckernels_images *images,
                       size_t rows, size_t n, const float *w, const float *bias, float *y) {
  const size_t count = ckernels_patch_count(patches),
               at_once = images->room == NULL ? rows : images->room_images;
  for (size_t first = 0; first < rows && n > 0; first += at_once) {
    const size_t part = rows - first < at_once ? rows - first : at_once;
    const product p = {.height = part * count,
                       .depth = ckernels_patch_size(patches),
                       .width = n,
                       .a = ckernels_read_images(path, patches, images, first, part),
                       .b = w,
                       .start = bias,
                       .start_row = 0,
                       .c = y + first * count * n};
    ON_PATH(path_for(path, p.height, n), convolve, &p, patches)
  }
}

void ckernels_convolve_weights(ckernels_path path, const ckernels_patches *patches,
                               const ckernels_images *images, size_t rows, size_t n, const float *dy,
                               float *dw) {
  const size_t count = ckernels_patch_count(patches),
               at_once = images->room == NULL ? rows : images->room_images;
  for (size_t first = 0; first < rows && n > 0; first += at_once) {
    const size_t part = rows - first < at_once ? rows - first : at_once;
    const product p = {.height = ckernels_patch_size(patches),
                       .depth = part * count,
                       .width = n,
                       .a = ckernels_read_images(path, patches, images, first, part),
                       .b = dy + first * count * n,
                       .start = dw,
                       .start_row = n,
                       .c = dw};
    ON_PATH(path_for(path, p.height, n), convolve_weights, &p, patches)
  }
}

void ckernels_convolve_inputs(ckernels_path path, const ckernels_patches *patches, size_t rows, size_t n,
                              const float *dy, const float *w, float *room, size_t room_images, float *dx) {
  const size_t count = ckernels_patch_count(patches), size = ckernels_patch_size(patches);
  float *turned = room, *numbers = room + size * n;
  ckernels_transpose(size, n, w, turned);
  for (size_t first = 0; first < rows; first += room_images) {
    const size_t part = rows - first < room_images ? rows - first : room_images;
    ckernels_affine(path, part * count, n, size, dy + first * count * n, turned, NULL, numbers);
    ckernels_fold(path, patches, part, numbers,
                  dx + first * patches->height * patches->width * patches->channels);
  }
}
