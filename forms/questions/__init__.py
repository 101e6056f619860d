"""The question types. Every file in this folder is one, found here without being listed."""

from importlib import import_module
from pkgutil import iter_modules

for found in iter_modules(__path__, prefix=f"{__name__}."):
    import_module(found.name)
