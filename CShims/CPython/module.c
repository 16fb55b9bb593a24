/* The module `ascent` that environment files import: GSL's distributions on the stream of the lane that is stepped. */
#include "internal.h"
#include <stdlib.h>
#include <string.h>

/* The source of the environment whose reset or step runs on this thread. */
static _Thread_local const cpython_source *current;

void ascent_module_use(const cpython_source *source) { current = source; }

const cpython_source *ascent_module_source(void) { return current; }

static int is_stepping(void) {
  if (current) return 1;
  PyErr_SetString(PyExc_RuntimeError,
                  "ascent draws from a lane's stream, which is available only inside of reset() and step()");
  return 0;
}

static PyObject *bad_parameter(const char *name) {
  return PyErr_Format(PyExc_ValueError, "ascent.%s: a parameter is outside of its domain", name);
}

/* Draws one number; the length of `format` before the colon is the number of parameters. */
static PyObject *draw_number(PyObject *arguments, const char *format, const char *name, int32_t distribution,
                             int is_whole) {
  double p[2] = {0, 0}, x = 0;
  ptrdiff_t count = (ptrdiff_t)strcspn(format, ":");
  if (!is_stepping() || !PyArg_ParseTuple(arguments, format, &p[0], &p[1])) return NULL;
  if (current->draw(current->state, distribution, p, count, &x, 1) != 0) return bad_parameter(name);
  return is_whole ? PyLong_FromDouble(x) : PyFloat_FromDouble(x);
}

/* Reads the numbers of a sequence; the caller frees them. */
static double *numbers_of(PyObject *object, ptrdiff_t *count) {
  PyObject *list = PySequence_Fast(object, "a sequence of numbers is needed");
  if (!list) return NULL;
  *count = PySequence_Fast_GET_SIZE(list);
  double *numbers = malloc(sizeof(double) * (size_t)(*count + 1));
  for (ptrdiff_t k = 0; numbers && k < *count; k++) {
    numbers[k] = PyFloat_AsDouble(PySequence_Fast_GET_ITEM(list, k));
    if (PyErr_Occurred()) {
      free(numbers);
      Py_DECREF(list);
      return NULL;
    }
  }
  Py_DECREF(list);
  if (!numbers) PyErr_NoMemory();
  return numbers;
}

static PyObject *list_of(const double *x, ptrdiff_t count, int is_whole) {
  PyObject *list = PyList_New(count);
  for (ptrdiff_t k = 0; list && k < count; k++) {
    PyObject *item = is_whole ? PyLong_FromDouble(x[k]) : PyFloat_FromDouble(x[k]);
    if (!item) {
      Py_DECREF(list);
      return NULL;
    }
    PyList_SET_ITEM(list, k, item);
  }
  return list;
}

/* Draws one vector of `count` numbers, as a list. */
static PyObject *draw_vector(const char *name, int32_t distribution, const double *p, ptrdiff_t given,
                             ptrdiff_t count, int is_whole) {
  double *x = malloc(sizeof(double) * (size_t)(count + 1));
  if (!x) return PyErr_NoMemory();
  PyObject *list = current->draw(current->state, distribution, p, given, x, count) == 0
                       ? list_of(x, count, is_whole)
                       : bad_parameter(name);
  free(x);
  return list;
}

#define NUMBER(name, format, distribution, is_whole)                                                         \
  static PyObject *ascent_##name(PyObject *self, PyObject *arguments) {                                      \
    (void)self;                                                                                              \
    return draw_number(arguments, format ":" #name, #name, distribution, is_whole);                          \
  }

NUMBER(uniform, "dd", 0, 0)
NUMBER(gaussian, "dd", 1, 0)
NUMBER(bernoulli, "d", 2, 1)
NUMBER(poisson, "d", 3, 1)
NUMBER(exponential, "d", 4, 0)
NUMBER(gamma, "dd", 5, 0)
NUMBER(beta, "dd", 6, 0)
NUMBER(laplace, "dd", 7, 0)
NUMBER(uniform_integer, "d", 8, 1)

static PyObject *ascent_categorical(PyObject *self, PyObject *weights) {
  (void)self;
  ptrdiff_t given = 0;
  double x = 0;
  double *p = is_stepping() ? numbers_of(weights, &given) : NULL;
  if (!p) return NULL;
  int32_t status = given > 0 ? current->draw(current->state, 9, p, given, &x, 1) : 1;
  free(p);
  return status == 0 ? PyLong_FromDouble(x) : bad_parameter("categorical");
}

static PyObject *ascent_dirichlet(PyObject *self, PyObject *concentrations) {
  (void)self;
  ptrdiff_t given = 0;
  double *p = is_stepping() ? numbers_of(concentrations, &given) : NULL;
  if (!p) return NULL;
  PyObject *list = given > 0 ? draw_vector("dirichlet", 10, p, given, given, 0) : bad_parameter("dirichlet");
  free(p);
  return list;
}

static PyObject *ascent_permutation(PyObject *self, PyObject *count) {
  (void)self;
  double n = is_stepping() ? PyFloat_AsDouble(count) : -1;
  if (PyErr_Occurred()) return NULL;
  if (!(n >= 1 && n <= 1e8)) return bad_parameter("permutation");
  return draw_vector("permutation", 11, &n, 1, (ptrdiff_t)n, 1);
}

static PyObject *ascent_multivariate_gaussian(PyObject *self, PyObject *arguments) {
  (void)self;
  PyObject *means, *factor;
  ptrdiff_t d = 0, rows = 0;
  if (!is_stepping() || !PyArg_ParseTuple(arguments, "OO:multivariate_gaussian", &means, &factor))
    return NULL;
  double *mean = numbers_of(means, &d);
  PyObject *list = mean ? PySequence_List(factor) : NULL;
  double *p = list ? malloc(sizeof(double) * (size_t)(d + d * d + 1)) : NULL;
  int is_sound = p && PyList_GET_SIZE(list) == d && d > 0;
  for (; is_sound && rows < d; rows++) {
    ptrdiff_t columns = 0;
    double *row = numbers_of(PyList_GET_ITEM(list, rows), &columns);
    is_sound = row && columns == d;
    if (is_sound) memcpy(p + d + rows * d, row, sizeof(double) * (size_t)d);
    free(row);
  }
  if (is_sound) memcpy(p, mean, sizeof(double) * (size_t)d);
  PyObject *out = is_sound ? draw_vector("multivariate_gaussian", 12, p, d + d * d, d, 0) : NULL;
  if (!out && !PyErr_Occurred()) bad_parameter("multivariate_gaussian");
  free(p);
  free(mean);
  Py_XDECREF(list);
  return out;
}

static PyMethodDef methods[] = {
    {"uniform", ascent_uniform, METH_VARARGS, "uniform(low, high): a float in [low, high)."},
    {"gaussian", ascent_gaussian, METH_VARARGS, "gaussian(mean, deviation): a float."},
    {"bernoulli", ascent_bernoulli, METH_VARARGS, "bernoulli(p): 1 with probability p, else 0."},
    {"poisson", ascent_poisson, METH_VARARGS, "poisson(mean): a count."},
    {"exponential", ascent_exponential, METH_VARARGS, "exponential(mean): a float above 0."},
    {"gamma", ascent_gamma, METH_VARARGS, "gamma(shape, scale): a float above 0."},
    {"beta", ascent_beta, METH_VARARGS, "beta(a, b): a float in (0, 1)."},
    {"laplace", ascent_laplace, METH_VARARGS, "laplace(mean, scale): a float."},
    {"uniform_integer", ascent_uniform_integer, METH_VARARGS, "uniform_integer(n): one of 0 … n − 1."},
    {"categorical", ascent_categorical, METH_O, "categorical(weights): an index."},
    {"dirichlet", ascent_dirichlet, METH_O, "dirichlet(concentrations): a list that sums to 1."},
    {"permutation", ascent_permutation, METH_O, "permutation(n): 0 … n − 1 in random order, a list."},
    {"multivariate_gaussian", ascent_multivariate_gaussian, METH_VARARGS,
     "multivariate_gaussian(mean, factor): a list; factor is the lower Cholesky factor of the covariance, by "
     "rows."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    "ascent",
    "GSL's distributions on the random stream of the lane that is being stepped.",
    -1,
    methods,
    NULL,
    NULL,
    NULL,
    NULL,
};

PyObject *ascent_module_init(void) { return PyModule_Create(&definition); }
