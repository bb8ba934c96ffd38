"""Bản tin and Duyệt: bulletins from a first draft to their approval.

bulletin_forms.py    a bulletin in the form of the editor, and two texts compared
marked_text.py       both texts of the editor, cut into sentences and readings
drafts.py            what was typed and not saved, what lost, which doubts were seen
bulletin_search.py   bulletins in which some words stand
uploads.py           files that people send, and the job that reads them

Pages: bulletins (list, editor, saving), intake (new ones), wording (how it is said), word_sounds (a few words heard),
listening (the whole heard), approving (Duyệt), offer_pages (Tin cấp trên).
"""
