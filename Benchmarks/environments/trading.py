"""gym-trading-env's environment takes a table of prices, which no flag can give: this makes one and the environment."""

import gym_trading_env  # noqa: F401 (registers TradingEnv)
import gymnasium
import numpy
import pandas


def trading():
    """A year of hourly prices that move by a random walk, with its last change as the observation."""
    generator = numpy.random.default_rng(1)
    close = 100 * numpy.exp(numpy.cumsum(0.01 * generator.standard_normal(8760)))
    prices = pandas.DataFrame({"close": close}, index=pandas.date_range("2024-01-01", periods=8760, freq="h"))
    prices["open"] = prices["close"].shift(1).fillna(100.0)
    prices["high"] = prices[["open", "close"]].max(axis=1)
    prices["low"] = prices[["open", "close"]].min(axis=1)
    prices["feature_change"] = prices["close"].pct_change().fillna(0.0)
    return gymnasium.make("TradingEnv", df=prices, positions=[-1, 0, 1], max_episode_duration=100, verbose=0)
