"""Rules GO1xx of the goals."""

from expectations.rules import Rule, rows

RULES = (
    Rule(
        "GO101",
        "A goal of the board names the council's goal",
        rows("council_goal", "c.kind = 'nämndmål' and c.council_goal is null"),
        "the council's goal that the board's goal serves",
        "Fill in kommunfullmaktiges_mal in the planning system.",
        severity="warning",
    ),
    Rule(
        "GO102",
        "Goals have places of their own",
        rows("goal_order", "c.goal_order in (select goal_order from candidate group by goal_order having count(*) > 1)"),
        "each place once",
        "Number the goals in the order that they stand in the budget.",
    ),
)
