"""Payment files out, the banks' answers in: records in, bytes out, and bytes in, records out. Pure.

Writers: `pain001` (credit transfers), `pain008` (direct debits), `nacha`, `bacs`, `table` (CSV by profile). Each gives a
`records.WrittenFile` or raises `problems.PaymentFileError` with all that is wrong, and never writes a part.
Answers: `pain002`, `pacs004`, `nacha_answers`, `bacs_answers`; `answer_facts` turns them into facts about instructions.
"""
