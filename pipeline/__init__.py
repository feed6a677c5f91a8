"""How it is run: Dagster's definitions and jobs, the instance, and the command line.

Here belong: what people and schedulers start, and what they are told of it.

Not here: anything that an asset needs (`assets/` and below).
"""
