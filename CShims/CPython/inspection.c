/* Queries about an environment that do not step it in a run: its table, and the checks. */
#include "internal.h"

cpython_fault cpython_environment_table(cpython_environment *e, char **out, cpython_failure *failure) {
  int state = cpython_attach();
  PyObject *text = PyObject_CallMethod(tables_module(), "transition_table", "O", e->environment);
  cpython_fault fault = text_hand_over(text, out, failure);
  cpython_detach(state);
  return fault;
}

cpython_fault cpython_environment_examine(const cpython_opening *opening, int64_t steps, char **out,
                                          cpython_failure *failure) {
  int state = cpython_attach();
  PyObject *checks = checks_module();
  PyObject *text = checks ? PyObject_CallMethod(checks, "examine", "ssL", opening->reference, opening->options,
                                                (long long)steps)
                          : NULL;
  cpython_fault fault = text_hand_over(text, out, failure);
  cpython_detach(state);
  return fault;
}
