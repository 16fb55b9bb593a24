/* The one interpreter: started isolated, its lock released at once. */
#define _GNU_SOURCE 1 /* dladdr, strdup */
#include "internal.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

int cpython_major_version(void) { return PY_MAJOR_VERSION; }
int cpython_minor_version(void) { return PY_MINOR_VERSION; }
const char *cpython_version(void) { return PY_VERSION; }

int cpython_is_static(void) {
  Dl_info of_python, of_us;
  if (!dladdr((const void *)(uintptr_t)Py_IsInitialized, &of_python)) return 0;
  if (!dladdr((const void *)(uintptr_t)cpython_is_static, &of_us)) return 0;
  return of_python.dli_fbase == of_us.dli_fbase;
}

static cpython_fault failed_start(cpython_failure *failure, PyStatus status) {
  cpython_failure_clear(failure);
  failure->fault = cpython_fault_start;
  failure->first = strdup(status.err_msg ? status.err_msg : "Python asked to exit");
  return cpython_fault_start;
}

static PyStatus configure(const char *executable, int optimization) {
  PyPreConfig before;
  PyPreConfig_InitIsolatedConfig(&before);
  before.utf8_mode = 1;
  PyStatus status = Py_PreInitialize(&before);
  if (PyStatus_Exception(status)) return status;
  PyConfig config;
  PyConfig_InitIsolatedConfig(&config);
  config.install_signal_handlers = 0; /* Swift handles Ctrl-C */
  config.use_hash_seed = 1;           /* the order of sets and dictionaries is the same in every run */
  config.hash_seed = 0;
  config.optimization_level = optimization;
  if (executable) {
    status = PyConfig_SetBytesString(&config, &config.executable, executable);
    if (!PyStatus_Exception(status))
      status = PyConfig_SetBytesString(&config, &config.program_name, executable);
  }
  if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
  PyConfig_Clear(&config);
  return status;
}

/* Functions of C that files of python/ call. */
static PyMethodDef methods[] = {{"end_with_parent", calls_end_with_parent, METH_O, NULL},
                                {"go_on", calls_python_go_on, METH_NOARGS, NULL},
                                {NULL, NULL, 0, NULL}};

/* Decides how all other modules are loaded (bytecode.py). */
static int install_bytecode(void) {
  PyObject *bytecode = PyImport_ImportModule("_ascent_bytecode");
  PyObject *done = bytecode ? PyObject_CallMethod(bytecode, "install", NULL) : NULL;
  Py_XDECREF(bytecode);
  Py_XDECREF(done);
  return done != NULL;
}

/* Imports the modules that every run uses, and sets the process up (host.py). How modules of an adopted interpreter are
 * loaded is for the program that started it. */
static int load_host(const char *site_folder, const char *search_path, int is_adopted) {
  if (!embedded_install()) return 0;
  if (!is_adopted && !install_bytecode()) return 0;
  if (!host_module() || PyModule_AddFunctions(host_module(), methods) != 0) return 0;
  if (!spaces_module() || !opening_module() || !states_module() || !randomness_module()) return 0;
  PyObject *done = PyObject_CallMethod(host_module(), "set_up", "zzii", site_folder, search_path,
                                       calls_stack_signal(), is_adopted);
  Py_XDECREF(done);
  return done != NULL;
}

cpython_fault cpython_start(const char *executable, const char *site_folder, const char *search_path,
                            int optimization, cpython_failure *failure) {
  PyImport_AppendInittab("ascent", ascent_module_init);
  PyImport_AppendInittab("_ascent_bits", bits_module_init);
  signals_remember();
  uintptr_t before = calls_begin(calls_phase_starting);
  mode ours = mode_read();
  PyStatus status = configure(executable, optimization);
  cpython_fault fault = PyStatus_Exception(status) ? failed_start(failure, status) : cpython_fault_none;
  if (fault == cpython_fault_none) {
    if (!signals_set_up() || !load_host(site_folder, search_path, 0)) fault = failure_from_exception(failure);
    ending_prepare(PyEval_SaveThread());
  }
  calls_keep_mode(ours);
  calls_end(before);
  return fault;
}

int cpython_is_running(void) { return Py_IsInitialized(); }

/* A running interpreter takes no more built-in modules, so ours are imported already. */
static int add_module(const char *name, PyObject *module) {
  int is_added = module && PyDict_SetItemString(PyImport_GetModuleDict(), name, module) == 0;
  Py_XDECREF(module);
  return is_added;
}

cpython_fault cpython_adopt(cpython_failure *failure) {
  calls_entry entry = calls_enter(calls_phase_starting);
  int is_done = add_module("ascent", ascent_module_init()) &&
                add_module("_ascent_bits", bits_module_init()) && load_host(NULL, NULL, 1);
  cpython_fault fault = is_done ? cpython_fault_none : failure_from_exception(failure);
  if (is_done) ending_adopt();
  calls_leave(entry);
  return fault;
}

void cpython_free(char *text) { free(text); }

/* Returns a copy of a text object, which it releases; an exception becomes a failure. */
cpython_fault text_hand_over(PyObject *object, char **out, cpython_failure *failure) {
  *out = object ? text_copy(object) : NULL;
  cpython_fault fault = *out ? cpython_fault_none : failure_from_exception(failure);
  Py_XDECREF(object);
  return fault;
}

cpython_fault cpython_package_version(const char *package, char **out, cpython_failure *failure) {
  calls_entry entry = calls_enter(calls_phase_loading);
  cpython_fault fault =
      text_hand_over(PyObject_CallMethod(host_module(), "version_of", "s", package), out, failure);
  calls_leave(entry);
  return fault;
}

cpython_fault cpython_system_text(const char *attribute, char **out, cpython_failure *failure) {
  calls_entry entry = calls_enter(calls_phase_loading);
  PyObject *value = PySys_GetObject(attribute);
  PyObject *text = value ? PyObject_Str(value) : PyUnicode_FromString("");
  cpython_fault fault = text_hand_over(text, out, failure);
  calls_leave(entry);
  return fault;
}

cpython_fault cpython_identifiers(int of_vectors, const char *module, char **out, cpython_failure *failure) {
  calls_entry entry = calls_enter(calls_phase_loading);
  PyObject *finding = PyImport_ImportModule("_ascent_finding");
  PyObject *list = finding ? PyObject_CallMethod(finding, "identifiers", "iz", of_vectors, module) : NULL;
  PyObject *newline = list ? PyUnicode_FromString("\n") : NULL;
  PyObject *text = newline ? PyUnicode_Join(newline, list) : NULL;
  cpython_fault fault = text_hand_over(text, out, failure);
  Py_XDECREF(newline);
  Py_XDECREF(list);
  Py_XDECREF(finding);
  calls_leave(entry);
  return fault;
}

cpython_fault cpython_minari_lines(const char *name, char **out, cpython_failure *failure) {
  calls_entry entry = calls_enter(calls_phase_loading);
  cpython_fault fault =
      text_hand_over(PyObject_CallMethod(tables_module(), "minari_lines", "s", name), out, failure);
  calls_leave(entry);
  return fault;
}

cpython_fault cpython_run(const char *program, char **out, cpython_failure *failure) {
  calls_entry entry = calls_enter(calls_phase_loading);
  cpython_fault fault = text_hand_over(PyObject_CallMethod(host_module(), "run", "s", program), out, failure);
  calls_leave(entry);
  return fault;
}
