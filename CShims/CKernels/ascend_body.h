/* Optimizer updates on one path. Included by paths.h, once for each path. */

static void NAME(add)(size_t count, const float *x, float *y) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) NAME(store)(y + i, NAME(load)(y + i) + NAME(load)(x + i));
  for (; i < count; i++) y[i] += x[i];
}

static void NAME(scale)(size_t count, float factor, float *x) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) NAME(store)(x + i, NAME(splat)(factor) * NAME(load)(x + i));
  for (; i < count; i++) x[i] *= factor;
}

static void NAME(dot)(size_t count, const float *x, const float *y, double *partial) {
  size_t i = 0;
  for (; i + PARTIALS <= count; i += PARTIALS) {
    for (size_t k = 0; k < PARTIALS; k++) partial[k] += (double)x[i + k] * (double)y[i + k];
  }
  for (size_t k = 0; i < count; i++, k++) partial[k] += (double)x[i] * (double)y[i];
}

static void NAME(ascend)(size_t count, float rate, const float *gradient, float *theta) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    NAME(store)(theta + i, NAME(fma)(NAME(splat)(rate), NAME(load)(gradient + i), NAME(load)(theta + i)));
  }
  for (; i < count; i++) theta[i] = fmaf(rate, gradient[i], theta[i]);
}

/* One vector of Adam: m and v are updated in place, θ is returned. */
INLINE vector NAME(adam_step)(const adam_factors *f, vector g, vector *m, vector *v, vector theta) {
  *m = NAME(fma)(NAME(splat)(f->keep1), *m, NAME(splat)(f->take1) * g);
  *v = NAME(fma)(NAME(splat)(f->keep2), *v, NAME(splat)(f->take2) * g * g);
  const vector scale = __builtin_elementwise_sqrt(*v * NAME(splat)(f->correction2)) + NAME(splat)(f->epsilon);
  theta = f->shrink == 1 ? theta : NAME(splat)(f->shrink) * theta;
  return NAME(fma)(NAME(splat)(f->rate), *m / scale, theta);
}

static void NAME(adam)(const adam_factors *f, size_t count, const float *g, float *m, float *v,
                       float *theta) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    vector first = NAME(load)(m + i), second = NAME(load)(v + i);
    const vector next = NAME(adam_step)(f, NAME(load)(g + i), &first, &second, NAME(load)(theta + i));
    NAME(store)(m + i, first);
    NAME(store)(v + i, second);
    NAME(store)(theta + i, next);
  }
  if (i < count) {
    const some last = NAME(first)(count - i);
    vector first = NAME(load_some)(last, m + i), second = NAME(load_some)(last, v + i);
    const vector next =
        NAME(adam_step)(f, NAME(load_some)(last, g + i), &first, &second, NAME(load_some)(last, theta + i));
    NAME(store_some)(last, m + i, first);
    NAME(store_some)(last, v + i, second);
    NAME(store_some)(last, theta + i, next);
  }
}

/* One vector of RMSProp: v is updated in place, θ is returned. */
INLINE vector NAME(rmsprop_step)(float rate, float keep, float take, float epsilon, vector g, vector *v,
                                 vector theta) {
  *v = NAME(fma)(NAME(splat)(keep), *v, NAME(splat)(take) * g * g);
  return NAME(fma)(NAME(splat)(rate), g / __builtin_elementwise_sqrt(*v + NAME(splat)(epsilon)), theta);
}

static void NAME(rmsprop)(size_t count, float rate, float keep, float take, float epsilon, const float *g,
                          float *v, float *theta) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    vector second = NAME(load)(v + i);
    const vector next =
        NAME(rmsprop_step)(rate, keep, take, epsilon, NAME(load)(g + i), &second, NAME(load)(theta + i));
    NAME(store)(v + i, second);
    NAME(store)(theta + i, next);
  }
  if (i < count) {
    const some last = NAME(first)(count - i);
    vector second = NAME(load_some)(last, v + i);
    const vector next = NAME(rmsprop_step)(rate, keep, take, epsilon, NAME(load_some)(last, g + i), &second,
                                           NAME(load_some)(last, theta + i));
    NAME(store_some)(last, v + i, second);
    NAME(store_some)(last, theta + i, next);
  }
}

static void NAME(momentum)(size_t count, float rate, float keep, const float *g, float *m, float *theta) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    const vector first = NAME(fma)(NAME(splat)(keep), NAME(load)(m + i), NAME(load)(g + i));
    NAME(store)(m + i, first);
    NAME(store)(theta + i, NAME(fma)(NAME(splat)(rate), first, NAME(load)(theta + i)));
  }
  for (; i < count; i++) {
    m[i] = fmaf(keep, m[i], g[i]);
    theta[i] = fmaf(rate, m[i], theta[i]);
  }
}
