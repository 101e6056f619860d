"""What `python -m analysis` can do: one file a command, each with `add` and `run`."""
