/* GSL for Swift: random streams that are addressed by keys, and distributions on them.
 *
 * No GSL header is visible from here. Every function that can fail returns a status. The caller that opens a stream
 * owns it; only one thread may use it at a time. */
#ifndef ASCENT_CGSL_H
#define ASCENT_CGSL_H

#include "densities.h"
#include "distributions.h"
#include "gamma.h"
#include "philox.h"
#include "quantiles.h"
#include "status.h"
#include "stream.h"

#endif
