"""The commands of `bonuspott`, a file each; `pipeline/command_line.py` lists them."""
