"""The distributed set-up on one machine, on loopback: for the proof, for tests and for benchmarks.

Here belong: starting and ending the real servers, workers, webserver and daemon. Not here: anything
that a real deployment runs, which has servers of its own.
"""
