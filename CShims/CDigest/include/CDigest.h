// SHA-256 (FIPS 180-4), the hash of fingerprints and files.
#ifndef CDIGEST_H
#define CDIGEST_H

#include <stddef.h>
#include <stdint.h>

// The state of a hash in progress: a plain value, so a copy goes on by itself.
typedef struct {
  uint32_t words[8];
  uint64_t length;   // the number of bytes so far
  uint8_t block[64]; // the last length % 64 of them
} cdigest_sha256;

// The state before any byte.
cdigest_sha256 cdigest_sha256_begin(void);

// Adds `count` bytes.
void cdigest_sha256_add(cdigest_sha256 *state, const uint8_t *bytes, size_t count);

// Writes the hash of all bytes added; the state is used up.
void cdigest_sha256_end(cdigest_sha256 *state, uint8_t digest[32]);

#endif
