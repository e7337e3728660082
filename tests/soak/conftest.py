"""The soak runs share the end-to-end system."""

from tests.e2e.conftest import system

__all__ = ["system"]
