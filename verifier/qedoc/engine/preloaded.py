"""What the process that makes new workers imports once. It must stay free of code that may change, and of threads of XLA."""

import os
import signal
from importlib import import_module

from qedoc.engine import worker

os.setpgrp()  # so that this process and its copies can be ended together
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # only the main process handles Ctrl-C
worker.warm_up()
for _name in ("qedoc.bind.claims", "qedoc.repair.search", "qedoc.sources.docstrings", "qedoc.sources.pages"):
    import_module(_name)
