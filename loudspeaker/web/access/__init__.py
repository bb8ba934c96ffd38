"""Who may come in, and what they did: people and other programs, with all that console.db holds of them.

console_database.py  console.db: opened or begun anew, transactions, ages
accounts.py          people with their roles, sessions, one-time links and log-in tries
passwords.py         which passwords are taken, and how they are kept
access_tokens.py     tokens of other programs
delegations.py       who may approve in whose place, and until when
audit.py             what people did here, in a chain of hashes

Pages: entrance (doors), people (who may use the console), token_pages (which programs may), delegating (Ủy quyền
duyệt), audit_pages (what people did).
"""
