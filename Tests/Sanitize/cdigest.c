// SHA-256 over every length up to three blocks, in pieces of every size, compared with the hash in one piece.
#include "CDigest.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void hash(const uint8_t *bytes, size_t count, size_t piece, uint8_t digest[32]) {
  cdigest_sha256 state = cdigest_sha256_begin();
  for (size_t k = 0; k < count; k += piece)
    cdigest_sha256_add(&state, bytes + k, count - k < piece ? count - k : piece);
  cdigest_sha256_add(&state, bytes, 0);
  cdigest_sha256_end(&state, digest);
}

int main(void) {
  for (size_t count = 0; count <= 192; count++) {
    uint8_t *bytes = malloc(count ? count : 1), whole[32], parts[32]; // no byte behind the last one
    for (size_t k = 0; k < count; k++) bytes[k] = (uint8_t)(37 * k + count);
    hash(bytes, count, count ? count : 1, whole);
    for (size_t piece = 1; piece <= 70; piece++) {
      hash(bytes, count, piece, parts);
      assert(memcmp(whole, parts, 32) == 0);
    }
    free(bytes);
  }
  puts("cdigest: 193 lengths in 70 pieces each");
  return 0;
}
