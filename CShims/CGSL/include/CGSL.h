/* GSL for Swift: random streams that a key addresses, and distributions on them.
 *
 * No GSL header is visible from here. Every function that can fail returns a status. A stream belongs to whoever
 * opened it and may be used by one thread at a time. */
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
