"""What waits for signatures at a hub before it is published.

manifest_drafts   files of a scope                             draft_upload      … that come from a browser, as one .zip
trust_drafts      who may sign, which boxes are the office's   alert_signing     alerts that are written at the pages
audience_plans    what a draft of a province would do          audience_summary  the same, counted
passkey_register  passkeys that people have made               alert_numbers     … of a hub that may be an older copy
"""
