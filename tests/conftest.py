"""What all tests share: CI draws the same random examples every time, so that red means broken."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
