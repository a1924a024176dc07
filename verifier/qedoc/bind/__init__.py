"""Binds the symbols of a formula to parameters, using the surrounding text: returns a checkable spec, or the reason for none."""

from qedoc.bind.claims import claims
from qedoc.bind.given import given
from qedoc.bind.records import Bound, Refused

__all__ = ["Bound", "Refused", "claims", "given"]
