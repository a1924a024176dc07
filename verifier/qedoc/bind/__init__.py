"""Documented formulas, bound to the parameters of the functions that they document."""

from qedoc.bind.claims import claims, given
from qedoc.bind.records import Bound, Refused

__all__ = ["Bound", "Refused", "claims", "given"]
