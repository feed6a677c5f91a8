"""The commands of `bonuspott`, a file each, in which it is called `command`."""
