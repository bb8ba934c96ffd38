"""Import: people's documents, recordings and schedule sheets become files of the station.

imports.py    one file, through a child process (worker.py) with limits
files.py      what kinds there are, and plain files only
documents.py  a document to a bulletin draft: a reader (docx.py, odt.py, pdf.py, plain.py) gives paragraphs and tables
              (document_blocks.py), official_letter.py takes them apart, draft.py makes a bulletin of them
sheets.py     a sheet to schedules and back: workbook.py reads cells, schedule_table.py understands them
recordings.py a recording to a FLAC: recording_check.py finds what is wrong with it
package.py, list_numbering.py  packed documents, and the numbers of their lists
letter_validity.py  how long a letter has something to tell; import_result.py: what comes of an import
"""
