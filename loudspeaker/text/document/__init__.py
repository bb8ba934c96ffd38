"""What is seen only in a whole document: tables, columns set beside each other, levels of numbering, its own words.

layout.py           arrange(): the lines of a text in the order in which they are said, one column after the other
cells.py            lines as cells: tabs, pipes, slashes, runs of blanks
cell_kinds.py       what a cell holds by its shape, and most cells of a column
table_runs.py       lines that may be a table
table_grid.py       their cells in rows and columns, set anew so that each is one piece
rows_of_sums.py     rows of sums that have fewer cells than their table
flattened_tables.py tables each cell of which stands on a line of its own
table_head.py       whether the first row is the head; heads of two lines
table_columns.py    what each column is for, the unit of its amounts
table_rows.py       each row of a table as a sentence
short_heads.py      heads of columns in short
column_heads.py     what is said of the head of a column before a cell
cell_values.py      what is said of a cell, with the unit of its amount
cell_letters.py     what letters and bare numbers in a cell stand for below its head
column_numbers.py   what the bare numbers of a whole column are
arrangement.py      a text put together anew, whose letters know where they stood; margins are left out
list_levels.py      which labels of its lists are heard as levels
abbreviation_memory.py  full forms and places of abbreviations, wherever in the text they stand
"""
