"""Production: from a bulletin to a finished programme, ahead of time. Nothing here runs at air time.

reading_cache   readings of texts and hashes of recordings, from the store or made now
specifications  builds the specification of a programme from a bulletin or a text
specification   what a programme is rendered from, and its recipe (the daemon asks it what is ready)
carried_voices  voices that only say what came signed as sound
renderer        synthesize, compose, master, store (imports numpy: only in processes that end)
export          a programme as a file for people
"""
