"""Symbols to parameters: a formula and the text around it go in, a spec that can be checked or the reason for none comes out."""

from qedoc.bind.claims import claims, given
from qedoc.bind.records import Bound, Refused

__all__ = ["Bound", "Refused", "claims", "given"]
