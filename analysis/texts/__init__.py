"""Words: fillers, languages, campaigns, vocabularies, themes, quotes. Nothing vanishes silently."""
