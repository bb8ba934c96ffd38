"""Written text -> spoken text -> utterances. Pure; the only files it reads are the tables of the lexicon.

reading.py          read(): the steps from a written text to its Reading
cleanup.py, casing.py, unwrapping.py, definitions.py, own_words.py      what is done before the rules
document/           what is seen only in a whole document: tables, columns, levels of numbering, full forms
scanner.py          one walk over the text, in which rules are tried
rule_index.py       which rules are tried at a place: those that can begin with what stands there
rule.py, kind.py, context.py, cues.py, reasons.py       what a rule is, and what it can see
rules/              the rules, in six families
alternatives.py     what else could be said for a stretch, and a text in which that is chosen
composites.py       words that several rules read piece by piece
lexicon/, abbreviations.py      tables, and what an abbreviation means between its neighbours
numerals.py, dimensions.py, syllables.py, lazy_regex.py      what rules and steps share
lost_marks.py, word_pairs.py, person_names.py                marks of text that was typed without them
sentences.py        spoken text -> utterances
"""
