/* Python for Swift: one interpreter, environments in it, and the module `ascent` that environment files import.
 *
 * No Python header is visible from here. Every function that uses Python, except cpython_detach, acquires the
 * interpreter's lock (GIL); between cpython_attach and cpython_detach, this only increments a counter. A function that
 * can fail returns a status and fills in a failure, which the caller clears. */
#ifndef ASCENT_CPYTHON_H
#define ASCENT_CPYTHON_H

#include "environment.h"
#include "failure.h"
#include "interpreter.h"
#include "source.h"
#include "vector.h"

#endif
