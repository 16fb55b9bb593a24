/* Python for Swift: one interpreter, environments in it, and the module `ascent` that environment files import.
 *
 * No Python header is visible from here. Every function but cpython_detach takes the interpreter's lock (GIL) by itself;
 * inside of cpython_attach … cpython_detach that is only a counter. A function that can fail returns a status and fills
 * a failure, which the caller clears. */
#ifndef ASCENT_CPYTHON_H
#define ASCENT_CPYTHON_H

#include "environment.h"
#include "failure.h"
#include "interpreter.h"
#include "source.h"
#include "vector.h"

#endif
