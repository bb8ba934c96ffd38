"""Which voice speaks and what happens when it cannot.

fallback         all sentences of a bulletin in the first voice that can speak them all
circuit_breaker  leaves an engine that failed alone for a while
registry         the engines on this machine, ours and plug-ins
voice_facts      what is known of voices without hearing them
voice_installer  installs a piper voice
"""
