"""Who may come in, and what they did: people and other programs, with all that console.db holds of them.

console_database.py  console.db: opened or begun anew, transactions, ages
accounts.py          people with their roles, sessions and one-time links
login_tries.py       how often somebody may try a password or a code
seen_people.py       the accounts that one of them sees and looks after
passwords.py         which passwords are taken, and how they are kept
access_tokens.py     tokens of other programs
delegations.py       who may approve in whose place, and until when
audit.py             what people did here, in a chain of hashes

Pages: entrance (doors), people (who may use the console), token_pages (which programs may), delegating (Ủy quyền
duyệt), audit_pages (what people did).
"""
