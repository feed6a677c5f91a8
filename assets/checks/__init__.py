"""The checks of what a scheme computes: asserted before the write, or said after it."""
