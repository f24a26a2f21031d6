"""`python -m config.prepare` brings catalogues, tables, static files and the demo programme up to date.

In one process, so that a second `make demo` is ready in seconds; each step leaves alone what is done already.
"""

import os
from pathlib import Path

import django
from django.core.management import call_command

from config.translations import compile_catalogues

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    # Before any text is looked up: Django reads a catalogue once.
    compile_catalogues(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("demo")
