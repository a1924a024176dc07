"""What a spec file does to other code when it is run: it may set a constant, or import a module that registers something."""

from qedoc.lock.dependencies import analysis, is_own, locate
from qedoc.lock.reach import VERSIONED, loaded_by
from qedoc.lock.syntax import analyse


def effects_of(text: str) -> str:
    """Returns a fingerprint of what a spec file and the local modules that it imports do on import; empty if nothing.

    Args:
        text: the content of the spec file.
    """
    found = analyse(text)
    if found is None:
        return ""
    pairs = [pair for some in found.imports.values() for pair in some]
    named = {*found.stars, *found.loads, *(name for module, attribute in pairs for name in (module, f"{module}.{attribute}"))}
    starts = {path for name in named if name.partition(".")[0] not in VERSIONED and (path := locate(name)) is not None and is_own(path)}
    files = sorted({path for start in starts for path in loaded_by(start)})
    return "".join([found.effects, *(here.effects for path in files if (here := analysis(path)) is not None)])
