"""Signed documents: who may make a box read, speak or be silent, and what a box may still accept.

    public_keys.py       public keys, Ed25519 and WebAuthn; the only file with `cryptography`
    key_file.py          a person's own key, sealed by a passphrase
    dsse.py              DSSE: bytes ⇄ a payload with its signatures; which persons have signed it
    signed_documents.py  trust document, manifest, alert, bell as values, every field checked
    opening.py           an envelope and the trust document in force → the document, or why not
    added_signatures.py  signatures that come in a file of their own
    passkeys.py          a browser's passkey: its public key, a signature that it has made
    fingerprint.py       a document as eight syllables that two people compare
    faults.py            why a document is not believed
    floors.py            what may still be accepted: versions, numbers of alerts, the least time that it can be

Pure: bytes and values in, values out. Nothing here asks for the time, reads a file or opens a connection.
"""
