"""
The book while you write it: ``python -m conf.live``, which ``nox -s docs-live`` calls.

`__main__` watches the sources. `worker` is a process that has everything imported and builds when
it is told to; `builder` starts it, and again after an edit of the code. `server` serves the pages,
with the warnings of the last build in a panel, and reloads them.
"""
