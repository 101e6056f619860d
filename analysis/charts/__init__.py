"""Pictures of published tables, as SVG that any content policy lets through.

Every function takes tables whose small counts are already hidden and gives a `Chart`: the markup,
the same in words, and the keys of the tables to be shown beside it.
"""
