"""What figures say by themselves, in Swedish: one rule for each recurring pattern of the published documents.

Belongs here: rules and their wording. Does not belong here: causes. A sentence says what changed and how it compares,
never why; what people know beside that they write in slots. Every figure in a sentence is a cell with the mart rows
that it rests on.

Modules: `over_time` (change, from-to, level, range, streak, target, missing), `compared` (position, rank, members, cost
deviations), `divided` (women and men, departments, occupations, parts of a total), `finance` (the ledger: deviations,
result, forecast), `follow_up` (goals, internal control, grants, investments, forecasts, measures), `words` (how a
sentence is put together). An outline names a rule:

    - {rule: change, indicator: U23401, subject: Väntetiden till särskilt boende}

subject: definite form, with `form: det` or `form: de` where "oförändrad" and "lägre" must agree with a neuter or a
plural.
"""

from reports.sentences import compared, divided, finance, follow_up, over_time

__all__ = ["compared", "divided", "finance", "follow_up", "over_time"]
