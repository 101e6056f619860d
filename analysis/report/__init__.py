"""The report: what was said, in the order in which it is read, as HTML, Word and PDF.

Nothing is imported here: two threads that load a package and one of its modules at the same time
would each wait for the other, and the page that asked first would fail.
"""
