"""Adapters to voices: an utterance goes in, a clip comes out. One file an engine, each an `Engine` (interfaces.py).

espeak         the embedded voice (espeak_worker: its child process)    piper   neural (piper_worker: its child process)
gtts, edge     online                                                   tone    a note a word, for tests
command        any program as a voice

engine_text    text as an engine can say it        decoding       what engines answer, as a clip
voice_worker   a child process that speaks         run_program    one program for one sentence
online, http   calls of online voices, bounded     validation     is a clip what was asked for?
conformance    the check for authors of engines
"""
