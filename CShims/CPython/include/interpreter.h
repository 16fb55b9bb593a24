#ifndef ASCENT_CPYTHON_INTERPRETER_H
#define ASCENT_CPYTHON_INTERPRETER_H

#include "failure.h"
#include <stddef.h>

_Pragma("clang assume_nonnull begin")

/* The version of Python that this was compiled for. */
int cpython_major_version(void);
int cpython_minor_version(void);
const char *cpython_version(void);

/* Whether libpython is a part of the executable (1) or a shared library (0). */
int cpython_is_static(void);

/* Starts the interpreter, isolated, with this executable's prefix, and lets go of the lock. Once in a process.
 * `site_folder` is added to the path when it is given: another build's packages. `optimization` 1 leaves assertions
 * out, as python -O does. */
cpython_fault cpython_start(const char *_Nullable executable, const char *_Nullable site_folder,
                            int optimization, cpython_failure *failure);

/* Takes the interpreter's lock for this thread, as often as one likes; each state is given back in turn. */
int cpython_attach(void);
void cpython_detach(int state);

/* The installed version of a package as a new text ("" when it is not installed), the prefix, the executable. The
 * caller frees them with cpython_free. */
cpython_fault cpython_package_version(const char *package, char *_Nullable *_Nonnull out,
                                      cpython_failure *failure);
cpython_fault cpython_system_text(const char *attribute, char *_Nullable *_Nonnull out,
                                  cpython_failure *failure);

/* All ids that Gymnasium knows, or those with a vector entry point, one a line. The caller frees the text. */
cpython_fault cpython_identifiers(int of_vectors, char *_Nullable *_Nonnull out, cpython_failure *failure);

/* A Minari data set as the lines of a trajectory file. The caller frees the text. */
cpython_fault cpython_minari_lines(const char *name, char *_Nullable *_Nonnull out, cpython_failure *failure);

/* Runs a program and hands over str(result). The caller frees the text. */
cpython_fault cpython_run(const char *program, char *_Nullable *_Nonnull out, cpython_failure *failure);

/* From now on the time inside of hosted reset() and step() is summed; the sum so far, in seconds. */
void cpython_time_calls(void);
double cpython_call_seconds(void);

/* Watches the hosted reset() and step() of the calling thread from now on: when one takes longer than so many seconds,
 * tells so on standard error, shows Python's stack there, and ends the process with this code, unless it is 0. */
cpython_fault cpython_watch_calls(double seconds, int exit_code, cpython_failure *failure);

/* Frees a text that was handed over. */
void cpython_free(char *_Nullable text);

_Pragma("clang assume_nonnull end")

#endif
