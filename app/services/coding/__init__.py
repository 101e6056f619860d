"""Coding: what people find in the answers to open questions.

`frames` keeps the codes, `assigning` says who codes, `answers` knows what there is to read,
`giving` takes the codes that somebody gives, `agreement` compares two coders and settles what they
disagree on, and `final` writes what was decided into an export.
"""
