"""The configuration: one frozen tree (schema.py), read from TOML, environment and credentials (loading.py)."""

from worker.config.loading import Loaded, find, load, read
from worker.config.mistakes import ConfigError, Mistake
from worker.config.schema import Company, Config

__all__ = ["Company", "Config", "ConfigError", "Loaded", "Mistake", "find", "load", "read"]
