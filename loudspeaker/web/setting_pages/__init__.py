"""Cài đặt and Thiết bị: what a commune sets for always, each change shown with what it does before it is saved.

policy_form.py       the forms of the policy and of temporary rules

Pages: settings (all there is to set), policy_pages (Quy chế), day_pages (special days), word_pages (the commune's own
words), voice_pages and voice_trials (voices, heard), equipment (Thiết bị), file_mistakes (mistakes in people's files),
stick_pages (Chép ra USB).
"""
