"""How it is run: Dagster's definitions and jobs, the instance, and the command line.

Here belong: what people and schedulers start, and what they are told of it.

Not here: anything that an asset needs (`assets/` and below).
"""

import atexit
import gc

# Every process of ours begins here. It makes some hundred thousand objects that stay, of imports and of definitions; at Python's own threshold the collector
# would walk all of them again and again, for a fifth of a command's time.
gc.set_threshold(1_000_000, 20, 100)
# Nor once more for nothing at the end, where the interpreter looks for what is unused in a process that is over: a third of the time that loading took.
atexit.register(gc.freeze)
