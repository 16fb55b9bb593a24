"""PPO and CartPole in JAX, compiled into one program, in the style of PureJaxRL. Prints one line of JSON.

    python Benchmarks/peers/jax_ppo.py LANES ROLLOUT MINIBATCH EPOCHS STEPS

The speed is that of the second call of the compiled program; the time of compilation is reported separately.
"""

import json
import sys
import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy
import optax

GAMMA, LAMBDA, CLIP, RATE, VALUE, NORM = 0.98, 0.8, 0.2, 1e-3, 0.5, 0.5
LIMIT = 500


# --- CartPole-v1


def begin(key):
    return jax.random.uniform(key, (4,), minval=-0.05, maxval=0.05)


def step(state, time_, action, key):
    """Returns the next state (of a new episode if this one ended), its time, the reward, terminated, truncated, and the
    state before a reset."""
    x, v, θ, ω = state
    force = jnp.where(action == 1, 10.0, -10.0)
    sin, cos = jnp.sin(θ), jnp.cos(θ)
    pull = (force + 0.05 * ω**2 * sin) / 1.1
    angular = (9.8 * sin - cos * pull) / (0.5 * (4 / 3 - 0.1 * cos**2 / 1.1))
    linear = pull - 0.05 * angular * cos / 1.1
    last = jnp.stack([x + 0.02 * v, v + 0.02 * linear, θ + 0.02 * ω, ω + 0.02 * angular])
    terminated = (jnp.abs(last[0]) > 2.4) | (jnp.abs(last[2]) > 12 * 2 * jnp.pi / 360)
    truncated = (time_ + 1 >= LIMIT) & ~terminated
    over = terminated | truncated
    return jnp.where(over, begin(key), last), jnp.where(over, 0, time_ + 1), 1.0, terminated, truncated, last


# --- networks


def network(key, outputs, gain):
    initial = lambda g: jax.nn.initializers.orthogonal(g)  # noqa: E731
    keys, sizes, gains = jax.random.split(key, 3), [(4, 64), (64, 64), (64, outputs)], [2**0.5, 2**0.5, gain]
    return [(initial(g)(k, s), jnp.zeros(s[1])) for k, s, g in zip(keys, sizes, gains)]


def forward(layers, x):
    for weights, bias in layers[:-1]:
        x = jnp.tanh(x @ weights + bias)
    return x @ layers[-1][0] + layers[-1][1]


def loss(parameters, batch):
    observations, actions, scores, gains, targets = batch
    logits = jax.nn.log_softmax(forward(parameters[0], observations))
    chosen = jnp.take_along_axis(logits, actions[:, None], 1)[:, 0]
    gains = (gains - gains.mean()) / (gains.std() + 1e-8)
    ratio = jnp.exp(chosen - scores)
    surrogate = jnp.minimum(ratio * gains, jnp.clip(ratio, 1 - CLIP, 1 + CLIP) * gains).mean()
    error = ((forward(parameters[1], observations)[:, 0] - targets) ** 2).mean()
    return VALUE * error - surrogate


# --- training


@partial(jax.jit, static_argnums=range(1, 6))
def train(key, lanes, rollout, minibatch, epochs, iterations):
    batches = rollout * lanes // minibatch
    rate = optax.linear_schedule(RATE, 0.0, iterations * epochs * batches)
    optimizer = optax.chain(optax.clip_by_global_norm(NORM), optax.adam(rate, eps=1e-5))
    key, *keys = jax.random.split(key, 4)
    parameters = (network(keys[0], 2, 0.01), network(keys[1], 1, 1.0))
    states = jax.vmap(begin)(jax.random.split(keys[2], lanes))

    def act(carry, _):
        parameters, states, times, key = carry
        key, drawing, beginning = jax.random.split(key, 3)
        logits = jax.nn.log_softmax(forward(parameters[0], states))
        actions = jax.random.categorical(drawing, logits)
        scores = jnp.take_along_axis(logits, actions[:, None], 1)[:, 0]
        values = forward(parameters[1], states)[:, 0]
        following, clocks, rewards, terminated, truncated, last = jax.vmap(step)(
            states, times, actions, jax.random.split(beginning, lanes))  # fmt: skip
        # Bootstrap from the value of the last state after a truncation.
        rewards = rewards + GAMMA * truncated * forward(parameters[1], last)[:, 0]
        kept = states, actions, scores, values, rewards, terminated | truncated
        lengths = jnp.where(terminated | truncated, times + 1, 0)
        return (parameters, following, clocks, key), (kept, lengths)

    def iterate(carry, _):
        parameters, moments, states, times, key = carry
        (_, states, times, key), (kept, lengths) = jax.lax.scan(act, (parameters, states, times, key), None, rollout)
        observations, actions, scores, values, rewards, ends = kept

        def back(carry, row):
            following, carried = carry
            value, reward, end = row
            error = reward + GAMMA * following * (1 - end) - value
            carried = error + GAMMA * LAMBDA * (1 - end) * carried
            return (value, carried), carried

        last = forward(parameters[1], states)[:, 0]
        _, gains = jax.lax.scan(back, (last, jnp.zeros(lanes)), (values, rewards, ends), reverse=True)
        rows = [
            part.reshape((rollout * lanes,) + part.shape[2:])
            for part in (observations, actions, scores, gains, gains + values)
        ]

        def update(carry, batch):
            parameters, moments = carry
            steps, moments = optimizer.update(jax.grad(loss)(parameters, batch), moments)
            return (optax.apply_updates(parameters, steps), moments), None

        def epoch(carry, key):
            order = jax.random.permutation(key, rollout * lanes)
            shuffled = [part[order].reshape((batches, minibatch) + part.shape[1:]) for part in rows]
            return jax.lax.scan(update, carry, shuffled)

        key, *keys = jax.random.split(key, epochs + 1)
        (parameters, moments), _ = jax.lax.scan(epoch, (parameters, moments), jnp.stack(keys))
        return (parameters, moments, states, times, key), lengths

    carry = parameters, optimizer.init(parameters), states, jnp.zeros(lanes, int), key
    return jax.lax.scan(iterate, carry, None, iterations)


def main():
    lanes, rollout, minibatch, epochs, steps = map(int, sys.argv[1:6])
    iterations = max(1, steps // (lanes * rollout))
    call = lambda seed: jax.block_until_ready(  # noqa: E731
        train(jax.random.key(seed), lanes, rollout, minibatch, epochs, iterations))  # fmt: skip
    began = time.perf_counter()
    call(1)
    compiled = time.perf_counter()
    lengths = numpy.asarray(call(2)[1])
    ended = time.perf_counter()
    made = iterations * lanes * rollout
    print(json.dumps({
        "steps": made, "steps_per_second": made / (ended - compiled), "compile_seconds": 2 * compiled - began - ended,
        "mean_return": float(lengths[lengths > 0][-50:].mean()),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
