"""Puts a mutant into the program that runs: code into functions, numbers into every module that has them."""

import importlib
import sys
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tests.mutation.mutants import Mutant

PACKAGE = "ketamon.core"


class NotLiveError(Exception):
    """A mutant that can't be put into a program that runs: a class's own body."""


def install(mutant: Mutant) -> None:
    """Makes the running program this mutant; raises NotLiveError where it can't be."""
    module = importlib.import_module(f"{PACKAGE}.{mutant.path.stem}")
    code = compile(mutant.tree(), str(mutant.path), "exec")
    if not mutant.where:
        _run_module(module, code)
        return
    new, found = code, module  # type: Any, Any
    for name in mutant.where.split("."):
        new = next(c for c in new.co_consts if isinstance(c, CodeType) and c.co_name == name)
        found = found.__dict__[name]
    function = _function(found)
    if function is None:
        raise NotLiveError(mutant.name)
    function.__code__ = new


def _function(found: Any) -> FunctionType | None:
    found = getattr(found, "fget", None) or getattr(found, "__func__", None) or found
    return found if isinstance(found, FunctionType) else None


def _run_module(module: ModuleType, code: CodeType) -> None:
    """Takes the plain values that the mutant's module body makes, wherever they were imported."""
    fresh: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__}
    exec(code, fresh)
    for name, value in fresh.items():
        old = module.__dict__.get(name)
        if name.startswith("__") or not isinstance(value, int | float | tuple | frozenset | dict):
            continue
        if value == old or type(value) is not type(old):
            continue
        for other in [m for n, m in sys.modules.items() if n.startswith(("ketamon.", "tests."))]:
            if other.__dict__.get(name) is old or other.__dict__.get(name) == old:
                setattr(other, name, value)
