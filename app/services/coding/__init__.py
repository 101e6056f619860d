"""Coding: what people find in the answers to open questions.

`questions` says what is coded, `frames` keeps the codes and `lineage` what became of them,
`assigning` says who codes, `bringing` notes the answers there are, `answers` knows what there is to
read, `giving` takes the codes that somebody gives, `agreement` compares two coders, `settling`
decides what they disagree on, and `final` writes what was decided into an export.
"""
