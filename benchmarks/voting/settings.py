"""The site's settings with the addresses of `benchmarks.voting.site`."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.voting.site"
